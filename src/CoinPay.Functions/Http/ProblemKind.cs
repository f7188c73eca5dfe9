namespace CoinPay.Functions.Http;

/// <summary>
/// A kind of problem: what every answer with its code has in common, and what its page at <c>/problems/&lt;code&gt;</c>
/// and the OpenAPI document say of it. The kinds themselves stand in <see cref="ProblemKinds"/>.
/// </summary>
/// <param name="Code">Stable, what a client switches on.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">A short summary, the same in every answer.</param>
/// <param name="Meaning">What happened, for a developer who sees the code for the first time.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ProblemKind(string Code, int Status, string Title, string Meaning, string Remedy)
{
    /// <summary>Where its page is: the problem's <c>type</c>.</summary>
    public string Page => "/problems/" + Code;

    /// <summary>Whether its answers say when to try again.</summary>
    public bool HasRetryAfter { get; init; }

    /// <summary>A problem of this kind; <paramref name="detail"/> is about this one occurrence.</summary>
    public Problem With(string? detail = null) => new(this, detail);
}
