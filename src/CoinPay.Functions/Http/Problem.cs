using System.Text.Json.Serialization;
using CoinPay.Functions.Platform;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>
/// An RFC 9457 problem. <paramref name="Detail"/> is for people and never holds a secret or the text of an exception.
/// </summary>
internal sealed record Problem(ProblemKind Kind, string? Detail = null)
{
    /// <summary>The stable code that clients switch on.</summary>
    public string Code => Kind.Code;

    public int Status => Kind.Status;

    /// <summary>What is wrong with the request's body, field by field.</summary>
    public IReadOnlyList<ProblemError> Errors { get; init; } = [];

    /// <summary>How long to wait before trying again; sent as <c>Retry-After</c> in whole seconds.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The answer, with content type <c>application/problem+json</c>.</summary>
    public JsonAnswer ToAnswer()
    {
        byte[] body = Json.Bytes(new ProblemBody(
            Kind.Page, Kind.Title, Status, Detail, Code, Errors.Count == 0 ? null : Errors));
        JsonAnswer answer = new(Status, body, "application/problem+json; charset=utf-8");
        if (RetryAfter is { } wait)
            answer = answer.With("Retry-After", Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString());
        return Status == StatusCodes.Status401Unauthorized ? answer.With("WWW-Authenticate", "Bearer") : answer;
    }

    private sealed record ProblemBody(
        string Type,
        string Title,
        int Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
        string Code,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemError>? Errors);
}

/// <summary>
/// One error in a body. <paramref name="Pointer"/> is a JSON pointer (RFC 6901), for instance
/// <c>/price/amount</c>.
/// </summary>
internal sealed record ProblemError(string Pointer, string Detail)
{
    /// <summary>The code of the whole problem if this is the only error.</summary>
    [JsonIgnore]
    public string Code { get; init; } = Problems.InvalidRequestCode;
}

/// <summary>Ends a call with a problem, which the middleware sends as the response.</summary>
/// <param name="problem">What to answer.</param>
/// <param name="mayHaveActed">
/// Whether something may have been done already, so that the next call with the same <c>Idempotency-Key</c> has to carry on.
/// </param>
internal sealed class ProblemException(Problem problem, bool mayHaveActed = false) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;

    public bool MayHaveActed { get; } = mayHaveActed;
}
