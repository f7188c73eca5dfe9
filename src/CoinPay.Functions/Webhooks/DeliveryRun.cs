using System.Text.Json.Nodes;
using CoinPay.Functions.Stores;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Handles one message of the delivery queues. The row says what is to be done; a message that comes twice, late or
/// early changes nothing. Everything here may be cut short: the message comes again and goes on from what was written.
/// </summary>
internal sealed class DeliveryRun(
    DeliveryStore deliveries,
    EndpointStore endpoints,
    EventPublisher events,
    DeliveryQueue queue,
    WebhookSender sender,
    EndpointGate gate,
    TimeProvider clock,
    ILogger<DeliveryRun> log)
{
    /// <summary>An early message within this is on time: clocks of queue and gateway differ a little.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a message waits when its endpoint is busy.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(string message, bool slow, CancellationToken cancellation)
    {
        if (DeliveryAddress.Parse(message) is not { } address)
        {
            log.LogWarning(
                "A message on {Queue} names no delivery and was dropped",
                slow ? DeliveryQueue.Slow : DeliveryQueue.Fast);
            return;
        }
        Delivery? delivery = await deliveries.FindAsync(address, cancellation);
        if (delivery is null)
            return;
        TimeSpan early = delivery.NextAttemptAt - clock.GetUtcNow();
        if (delivery.Status != DeliveryStatus.Pending)
            await FinishAsync(delivery, cancellation);
        else if (early > Early)
            await queue.SendAsync(address, slow, early, cancellation);
        else
            await TryAsync(delivery, slow, cancellation);
    }

    private async Task TryAsync(Delivery delivery, bool slow, CancellationToken cancellation)
    {
        DeliveryAddress address = delivery.Address;
        Endpoint? endpoint = await endpoints.FindAsync(address.MerchantId, address.EndpointId, cancellation);
        GatewayEvent? happened = await events.FindAsync(address.MerchantId, address.EventId, cancellation);
        if (endpoint is null || endpoint.DisabledAt is not null || happened is null)
        {
            await RecordAsync(delivery with { Status = DeliveryStatus.Cancelled }, cancellation);
            return;
        }
        if (!gate.TryEnter(endpoint.Id))
        {
            await queue.SendAsync(address, slow, Busy, cancellation);
            return;
        }
        DeliveryAttempt attempt;
        try
        {
            attempt = await sender.SendAsync(endpoint, happened, cancellation);
        }
        finally
        {
            gate.Leave(endpoint.Id);
        }
        Report(delivery, happened, attempt);
        await NoteHealthAsync(endpoint, attempt, cancellation);
        await RecordAsync(delivery.After(attempt, Spread(delivery)), cancellation);
    }

    /// <summary>A number in 0..1 for the jitter that no other delivery is likely to have, and this one each time it is asked.</summary>
    private static double Spread(Delivery delivery) =>
        Convert.ToUInt32(Key.Hash($"{delivery.Address}!{delivery.Attempts.Count}")[..8], 16) / (double)uint.MaxValue;

    private void Report(Delivery delivery, GatewayEvent happened, DeliveryAttempt attempt) => log.LogInformation(
        "{Event} {Type} to {Endpoint}: attempt {Attempt} {Outcome} in {Milliseconds} ms",
        happened.Id, happened.Type, delivery.Address.EndpointId, delivery.Attempts.Count + 1,
        attempt.Status?.ToString() ?? "without an answer", attempt.LatencyMs);

    /// <summary>
    /// Row first, then what follows from it: if the process dies in between, the message comes again and finds the row.
    /// </summary>
    private async Task RecordAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (!await deliveries.TryReplaceAsync(delivery, cancellation))
            return;
        if (delivery.Status != DeliveryStatus.Pending)
        {
            await FinishAsync(delivery, cancellation);
            return;
        }
        await deliveries.PointAsync(delivery.Address, delivery.NextAttemptAt, cancellation);
        await queue.SendAsync(delivery.Address, slow: true, delivery.NextAttemptAt - clock.GetUtcNow(), cancellation);
    }

    private async Task FinishAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (delivery.Status == DeliveryStatus.Dead)
            await DisableAsync(delivery, cancellation);
        await deliveries.ForgetPointerAsync(delivery.Address, cancellation);
    }

    private async Task NoteHealthAsync(Endpoint endpoint, DeliveryAttempt attempt, CancellationToken cancellation)
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
    /// After a 410, or when a whole schedule has failed and nothing has succeeded since it began. The event has an id
    /// that follows from the delivery, so that doing this twice tells it once.
    /// </summary>
    private async Task DisableAsync(Delivery delivery, CancellationToken cancellation)
    {
        DeliveryAddress address = delivery.Address;
        DeliveryAttempt last = delivery.Attempts[^1];
        Endpoint? endpoint = await endpoints.FindAsync(address.MerchantId, address.EndpointId, cancellation);
        bool deserved = last.Gone || endpoint?.FailingSince <= delivery.Attempts[0].At;
        if (endpoint is null || !deserved || (endpoint.DisabledAt is not null && endpoint.DisabledAt != last.At))
            return;
        string reason = last.Gone ? "gone" : "failing";
        await endpoints.ChangeAsync(
            address.MerchantId,
            endpoint.Id,
            stored => stored.DisabledAt is null
                ? stored with { DisabledAt = last.At, DisabledReason = reason, UpdatedAt = last.At }
                : stored,
            cancellation);
        await events.PublishAsync(DisabledEvent(endpoint, delivery, reason), cancellation);
    }

    private static GatewayEvent DisabledEvent(Endpoint endpoint, Delivery delivery, string reason)
    {
        DateTimeOffset at = delivery.Attempts[^1].At;
        string id = Id.Derived("evt", at, delivery.Address + "!disabled");
        JsonObject data = new()
        {
            ["webhook_endpoint"] =
                new JsonObject { ["id"] = endpoint.Id, ["url"] = endpoint.Url.AbsoluteUri, ["reason"] = reason },
        };
        string body = GatewayEvent.BodyOf(id, EventTypes.EndpointDisabled, at, 1, null, data);
        return new(id, EventTypes.EndpointDisabled, endpoint.MerchantId, null, at, 1, null, endpoint.Livemode, body);
    }
}
