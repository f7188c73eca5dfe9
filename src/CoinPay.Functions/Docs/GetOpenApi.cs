using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Docs;

/// <summary><c>GET /openapi.json</c>: the gateway's API as an OpenAPI 3.1 document.</summary>
internal sealed class GetOpenApi
{
    [ReadableByAnySite]
    [Function(nameof(GetOpenApi))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "openapi.json")] HttpRequest request) =>
        new JsonAnswer(StatusCodes.Status200OK, OpenApiDocument.Json);
#pragma warning restore CA1822
}
