using System.Diagnostics;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Webhooks.Endpoints;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Handles one message of the delivery queues. The row says what to do; a message that arrives twice, late or early
/// changes nothing. Any step can be interrupted: the message comes back and processing resumes from what was written.
/// </summary>
internal sealed class DeliveryRun(
    DeliveryStore deliveries,
    DueWork due,
    EndpointStore endpoints,
    EndpointHealth health,
    EventPublisher events,
    InvoiceWebhooks invoices,
    DeliveryQueue queue,
    WebhookSender sender,
    EndpointGate gate,
    TimeProvider clock,
    ILogger<DeliveryRun> log)
{
    /// <summary>A message that is early by less than this is on time: the clocks of queue and gateway differ a little.</summary>
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(500);

    public async Task HandleAsync(string message, bool slow, CancellationToken cancellation)
    {
        if (DeliveryAddress.Parse(message) is not { } address)
        {
            log.LogWarning(
                "A message on {Queue} names no delivery and was dropped",
                slow ? DeliveryQueue.Slow : DeliveryQueue.Fast);
            return;
        }
        WebhookEndpoint? endpoint = await endpoints.FindAsync(address.MerchantId, address.EndpointId, cancellation);
        if (endpoint is { DisabledAt: null } && await IsPutOffAsync(address, endpoint, slow, cancellation))
            return;
        Delivery? delivery = await deliveries.FindAsync(address, cancellation);
        if (delivery is null)
            return;
        TimeSpan early = delivery.NextAttemptAt - clock.GetUtcNow();
        if (delivery.Status != DeliveryStatus.Pending)
            await FinishAsync(delivery, cancellation);
        else if (early > Early)
            await queue.SendAsync(address, slow, early, cancellation);
        else
            await TryAsync(delivery, endpoint, slow, cancellation);
    }

    /// <summary>
    /// Requeues a delivery that cannot be sent now before reading its row, so that it costs only a message. The fast queue
    /// does not wait for an endpoint that fails or is slow, and this handler does not wait for a busy one.
    /// </summary>
    private async Task<bool> IsPutOffAsync(
        DeliveryAddress address, WebhookEndpoint endpoint, bool slow, CancellationToken cancellation)
    {
        if (!slow && (endpoint.FailingSince is not null || gate.IsSlow(endpoint.Id)))
            await queue.SendAsync(address, slow: true, TimeSpan.Zero, cancellation);
        else if (gate.IsFull(endpoint.Id))
            await queue.SendAsync(address, slow, gate.WaitFor(endpoint.Id), cancellation);
        else
            return false;
        return true;
    }

    private async Task TryAsync(Delivery delivery, WebhookEndpoint? endpoint, bool slow, CancellationToken cancellation)
    {
        DeliveryAddress address = delivery.Address;
        GatewayEvent? happened = await events.FindAsync(address.MerchantId, address.EventId, cancellation);
        if (endpoint is null || endpoint.DisabledAt is not null || happened is null)
        {
            Delivery cancelled = delivery with { Status = DeliveryStatus.Cancelled };
            if (await deliveries.TryReplaceAsync(cancelled, cancellation))
                await FinishAsync(cancelled, cancellation);
            return;
        }
        using IDisposable? marked = happened.InvoiceId is { } invoiceId ? InvoiceTrace.Mark(log, invoiceId) : null;
        DeliveryAttempt attempt;
        using (IDisposable? pass = await gate.EnterAsync(endpoint.Id, cancellation))
        {
            if (pass is null)
            {
                await queue.SendAsync(address, slow, gate.WaitFor(endpoint.Id), cancellation);
                return;
            }
            attempt = await SendAsync(delivery, endpoint, happened, cancellation);
        }
        await health.NoteAsync(endpoint, attempt, cancellation);
        Delivery tried = delivery.After(attempt, Spread(delivery));
        // Write the row first: if the process dies before the steps below, the message comes back and finds the row.
        if (!await deliveries.TryReplaceAsync(tried, cancellation))
            return;
        DeliveryInstruments.Attempted(happened, delivery, tried);
        await FollowAsync(tried, cancellation);
    }

    private async Task<DeliveryAttempt> SendAsync(
        Delivery delivery, WebhookEndpoint endpoint, GatewayEvent happened, CancellationToken cancellation)
    {
        using Activity? span = SpanOf(delivery, happened);
        DeliveryAttempt attempt = await sender.SendAsync(endpoint, happened, cancellation);
        span?.SetTag("coinpay.outcome", DeliveryInstruments.OutcomeOf(attempt));
        span?.SetTag("http.response.status_code", attempt.Status);
        span?.SetStatus(attempt.Succeeded ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
        Report(delivery, happened, attempt);
        return attempt;
    }

    private static Activity? SpanOf(Delivery delivery, GatewayEvent happened)
    {
        if (happened.InvoiceId is not { } invoiceId)
            return null;
        Activity? span = InvoiceTrace.Continue("webhook.deliver", invoiceId, happened.TraceParent, kind: ActivityKind.Client);
        span?.SetTag("coinpay.event_id", happened.Id);
        span?.SetTag("coinpay.event_type", happened.Type);
        span?.SetTag("coinpay.endpoint_id", delivery.Address.EndpointId);
        return span;
    }

    /// <summary>Returns a jitter from 0 to 1 that is stable for this delivery and probably different for every other.</summary>
    private static double Spread(Delivery delivery) =>
        Convert.ToUInt32(Key.Hash($"{delivery.Address}!{delivery.AttemptsEver}")[..8], 16) / (double)uint.MaxValue;

    private void Report(Delivery delivery, GatewayEvent happened, DeliveryAttempt attempt) => log.LogInformation(
        "{Subject}: {Event} {Type} to {Endpoint}: attempt {Attempt} {Outcome} in {Milliseconds} ms",
        happened.Subject, happened.Id, happened.Type, delivery.Address.EndpointId,
        delivery.AttemptsEver + 1, attempt.Status?.ToString() ?? "without an answer", attempt.LatencyMs);

    private async Task FollowAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (delivery.Status != DeliveryStatus.Pending)
        {
            await FinishAsync(delivery, cancellation);
            return;
        }
        await invoices.NoteAsync(delivery, cancellation);
        await due.PointAsync(delivery.Address.ToString(), delivery.NextAttemptAt, cancellation);
        await queue.SendAsync(delivery.Address, slow: true, delivery.NextAttemptAt - clock.GetUtcNow(), cancellation);
    }

    private async Task FinishAsync(Delivery delivery, CancellationToken cancellation)
    {
        await invoices.NoteAsync(delivery, cancellation);
        if (delivery.Status == DeliveryStatus.Dead)
            await health.DisableAsync(delivery, cancellation);
        await due.ForgetAsync(delivery.Address.ToString(), cancellation);
    }
}
