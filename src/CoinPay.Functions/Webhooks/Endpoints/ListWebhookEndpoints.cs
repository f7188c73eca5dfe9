using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary><c>GET /v1/webhook-endpoints</c>: the endpoints in the key's mode, newest first.</summary>
internal sealed class ListWebhookEndpoints(Callers callers, EndpointStore endpoints, TimeProvider clock)
{
    [QueryParameters("limit", "cursor")]
    [Function(nameof(ListWebhookEndpoints))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/webhook-endpoints")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.WebhooksManage, cancellation);
        Paging paging = Pages.Of(request);
        List<WebhookEndpoint> page = [.. (await endpoints.ListAsync(caller.MerchantId, cancellation))
            .Reverse()
            .Where(endpoint => endpoint.Livemode == caller.Livemode)
            .SkipWhile(endpoint => paging.After is not null && string.CompareOrdinal(endpoint.Id, paging.After) >= 0)
            .Take(paging.Limit + 1)];
        string? last = page.Count > paging.Limit ? page[paging.Limit - 1].Id : null;
        DateTimeOffset now = clock.GetUtcNow();
        return Pages.Answer([.. page.Take(paging.Limit).Select(endpoint => EndpointDocument.Of(endpoint, now))], last);
    }
}
