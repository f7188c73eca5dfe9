using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary><c>GET /v1/webhook-endpoints/{id}</c>: the endpoint without its secret.</summary>
internal sealed class GetWebhookEndpoint(Callers callers, EndpointStore endpoints, TimeProvider clock)
{
    [Function(nameof(GetWebhookEndpoint))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/webhook-endpoints/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.WebhooksManage, cancellation);
        return JsonAnswer.Ok(
            EndpointDocument.Of(await endpoints.GetAsync(caller, id, cancellation), clock.GetUtcNow()));
    }
}
