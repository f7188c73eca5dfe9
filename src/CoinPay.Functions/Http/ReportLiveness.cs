using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Http;

/// <summary><c>GET /health/live</c>: reports that the process is running. Does not check storage or chains.</summary>
internal sealed class ReportLiveness
{
    [Function(nameof(ReportLiveness))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health/live")] HttpRequest request) =>
        JsonAnswer.Ok(new { status = "live" });
#pragma warning restore CA1822
}
