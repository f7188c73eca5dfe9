using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Http;

/// <summary>
/// Handles requests that match no other function, so that an unknown path or a wrong method also gets problem+json:
/// the Functions host itself would return an empty 404.
/// </summary>
internal sealed class AnswerUnknownPath
{
    [Function(nameof(AnswerUnknownPath))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request) =>
        ProblemKinds.NotFound.With($"No route matches {request.Method} on this path.").ToAnswer();
#pragma warning restore CA1822
}
