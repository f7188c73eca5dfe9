namespace CoinPay.Functions.Http;

/// <summary>
/// A kind of problem: what all responses with its code share, and what its page at <c>/problems/&lt;code&gt;</c> and
/// the OpenAPI document say about it. <see cref="ProblemKinds"/> lists the kinds.
/// </summary>
/// <param name="Code">The stable code that clients switch on.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A short summary, the same in every response.</param>
/// <param name="Meaning">What happened, for a developer who sees the code for the first time.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ProblemKind(string Code, int Status, string Title, string Meaning, string Remedy)
{
    /// <summary>The path of the kind's page: the problem's <c>type</c>.</summary>
    public string Page => "/problems/" + Code;

    /// <summary>Whether responses of this kind have a <c>Retry-After</c> header.</summary>
    public bool HasRetryAfter { get; init; }

    /// <summary>Creates a problem of this kind; <paramref name="detail"/> describes this occurrence.</summary>
    public Problem With(string? detail = null) => new(this, detail);
}
