using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Http;

/// <summary>
/// Answers what no other function does, so that an unknown path or a wrong method is problem+json too: the Functions
/// host itself answers an empty 404 there.
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
