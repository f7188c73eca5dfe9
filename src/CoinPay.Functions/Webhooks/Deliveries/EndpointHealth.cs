using System.Text.Json.Nodes;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Tracks since when an endpoint has been failing, and disables one that keeps failing or is gone.</summary>
internal sealed class EndpointHealth(EndpointStore endpoints, DeliveryStore deliveries, EventPublisher events)
{
    /// <summary>Writes only a change: a success after failures, or a failure after successes.</summary>
    public async Task NoteAsync(WebhookEndpoint endpoint, DeliveryAttempt attempt, CancellationToken cancellation)
    {
        bool wasFailing = endpoint.FailingSince is not null;
        if (attempt.Succeeded != wasFailing)
            return;
        await endpoints.ChangeAsync(
            endpoint.MerchantId,
            endpoint.Id,
            stored => stored with { FailingSince = attempt.Succeeded ? null : stored.FailingSince ?? attempt.At },
            cancellation);
    }

    /// <summary>
    /// Disables the endpoint after a 410, or if a whole schedule has failed and nothing has succeeded since it began.
    /// The event's id is derived from the delivery, so repeating this publishes only one event.
    /// </summary>
    public async Task DisableAsync(Delivery dead, CancellationToken cancellation)
    {
        DeliveryAddress address = dead.Address;
        DeliveryAttempt last = dead.Attempts[^1];
        WebhookEndpoint? endpoint = await endpoints.ReadAsync(address.MerchantId, address.EndpointId, cancellation);
        bool isOverBy = endpoint?.DisabledAt is not null && endpoint.DisabledAt != last.At;
        if (endpoint is null || isOverBy || endpoint.EnabledAt > last.At)
            return;
        if (!last.Gone && !await DeservesItAsync(endpoint, dead, cancellation))
            return;
        string reason = last.Gone ? "gone" : "failing";
        await endpoints.ChangeAsync(
            address.MerchantId,
            endpoint.Id,
            stored => stored.DisabledAt is null
                ? stored with { DisabledAt = last.At, DisabledReason = reason, UpdatedAt = last.At }
                : stored,
            cancellation);
        await events.PublishAsync(DisabledEvent(endpoint, dead, reason), cancellation);
    }

    private async Task<bool> DeservesItAsync(WebhookEndpoint endpoint, Delivery dead, CancellationToken cancellation) =>
        endpoint.FailingSince <= dead.BeganAt
        && !await deliveries.HasSuccessSinceAsync(
            endpoint.MerchantId, endpoint.Id, dead.BeganAt!.Value, cancellation);

    private static GatewayEvent DisabledEvent(WebhookEndpoint endpoint, Delivery delivery, string reason)
    {
        DateTimeOffset at = delivery.Attempts[^1].At;
        string id = Id.Derived("evt", at, delivery.Address + "!disabled");
        JsonObject data = new()
        {
            ["webhook_endpoint"] =
                new JsonObject { ["id"] = endpoint.Id, ["url"] = endpoint.Url.AbsoluteUri, ["reason"] = reason },
        };
        string body = GatewayEvent.BodyOf(id, EventTypes.EndpointDisabled, at, 1, null, data);
        return new(id, EventTypes.EndpointDisabled, endpoint.MerchantId, endpoint.Id, at, 1, null, endpoint.Livemode, body);
    }
}
