using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// <c>DELETE /v1/webhook-endpoints/{id}</c>: stops all deliveries to it; events it missed stay in the pull feed.
/// </summary>
internal sealed class DeleteWebhookEndpoint(Callers callers, EndpointStore endpoints)
{
    [Function(nameof(DeleteWebhookEndpoint))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/webhook-endpoints/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.WebhooksManage, cancellation);
        _ = await endpoints.GetAsync(caller, id, cancellation);
        await endpoints.DeleteAsync(caller.MerchantId, id, cancellation);
        return JsonAnswer.Nothing;
    }
}
