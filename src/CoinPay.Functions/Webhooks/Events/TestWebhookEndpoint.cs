using System.Text.Json.Nodes;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Events;

/// <summary>
/// <c>POST /v1/webhook-endpoints/{id}/test</c>: sends a <c>ping</c> to this endpoint only, whatever its filters.
/// Returns the event; <c>GET /v1/events/{id}</c> shows the outcome.
/// </summary>
internal sealed class TestWebhookEndpoint(
    Calls calls, EndpointStore endpoints, EventPublisher events, EventFeed feed)
{
    [Function(nameof(TestWebhookEndpoint))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhook-endpoints/{id}/test")]
        HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantOptionalAsync(request, Scope.WebhooksManage, cancellation);
        return await call.OnceAsync(
            nameof(TestWebhookEndpoint) + id, "evt", eventId => PingAsync(call.Caller, id, eventId, cancellation));
    }

    private async Task<JsonAnswer> PingAsync(
        Caller caller, string endpointId, string eventId, CancellationToken cancellation)
    {
        WebhookEndpoint endpoint = await endpoints.GetEnabledAsync(caller, endpointId, cancellation);
        DateTimeOffset at = Id.TimeOf(eventId);
        JsonObject data = new()
        {
            ["webhook_endpoint"] = new JsonObject { ["id"] = endpoint.Id, ["url"] = endpoint.Url.AbsoluteUri },
        };
        string body = GatewayEvent.BodyOf(eventId, EventTypes.Ping, at, 1, null, data);
        GatewayEvent ping = new(
            eventId, EventTypes.Ping, endpoint.MerchantId, endpoint.Id, at, 1, null, endpoint.Livemode, body);
        await events.PublishAsync(ping, endpoint, cancellation);
        return JsonAnswer.Created(await feed.DescribeAsync(ping, cancellation));
    }
}
