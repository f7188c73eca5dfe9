using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Events;

/// <summary>
/// <c>POST /v1/events/{id}/redeliver</c> <c>{endpoint_id?}</c>: delivers an event again, under its id, to the given
/// endpoint, or to every enabled one that accepts it or was sent it before. Returns the event.
/// </summary>
internal sealed class RedeliverEvent(
    Calls calls, EndpointStore endpoints, EventPublisher events, DeliveryStore deliveries,
    Redelivery redelivery, EventFeed feed)
{
    private const int MaxIdLength = 64;

    [Function(nameof(RedeliverEvent))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/events/{id}/redeliver")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantOptionalAsync(request, Scope.WebhooksManage, cancellation);
        string? endpointId = call.Body.OptionalString("endpoint_id", MaxIdLength);
        call.Body.ThrowIfInvalid();
        GatewayEvent? happened = await events.FindAsync(call.Caller.MerchantId, id, cancellation);
        if (happened is null || happened.Livemode != call.Caller.Livemode)
            return Problems.NotFound("event").ToAnswer();
        return await call.OnceAsync(
            nameof(RedeliverEvent) + id, "rdl", redeliveryId => RedeliverAsync(call.Caller, happened, endpointId, redeliveryId, cancellation));
    }

    private async Task<JsonAnswer> RedeliverAsync(
        Caller caller, GatewayEvent happened, string? endpointId, string redeliveryId, CancellationToken cancellation)
    {
        IReadOnlyList<WebhookEndpoint> chosen = endpointId is null
            ? await TakersAsync(happened, cancellation)
            : [await endpoints.GetEnabledAsync(caller, endpointId, cancellation)];
        if (chosen.Count == 0)
            throw new ProblemException(Problems.NoEndpoint);
        foreach (WebhookEndpoint endpoint in chosen)
            await redelivery.RestartAsync(happened.Id, happened.Subject, endpoint, redeliveryId, cancellation);
        return JsonAnswer.Accepted(await feed.DescribeAsync(happened, cancellation));
    }

    private async Task<IReadOnlyList<WebhookEndpoint>> TakersAsync(GatewayEvent happened, CancellationToken cancellation)
    {
        List<WebhookEndpoint> takers = [];
        foreach (WebhookEndpoint endpoint in await endpoints.ListAsync(happened.MerchantId, cancellation))
            if (endpoint.DisabledAt is null
                && endpoint.Livemode == happened.Livemode
                && (endpoint.Takes(happened.Type) || await WasSentAsync(happened, endpoint, cancellation)))
                takers.Add(endpoint);
        return takers;
    }

    private async Task<bool> WasSentAsync(GatewayEvent happened, WebhookEndpoint endpoint, CancellationToken cancellation) =>
        await deliveries.FindAsync(new(happened.MerchantId, endpoint.Id, happened.Id), cancellation) is not null;
}
