using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Watching;
using CoinPay.Functions.Webhooks;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Sends what commits left to send: the merchant's lists and search, the exceptions and what follows from them, then the events.
/// Only then is it forgotten: a crash in between sends it again under the same ids, and repeating it changes nothing.
/// </summary>
internal sealed class Outbox(
    InvoiceStore invoices, WatchStore watches, EventPublisher events, InvoiceIndex index, ExceptionStore exceptions,
    RecoveryStore recoveries)
{
    /// <summary>Called by the invoice's orchestration, so that the lists have one writer.</summary>
    public async Task FlushAsync(StoredInvoice stored, CancellationToken cancellation)
    {
        if (stored.Outbox.Count == 0)
            return;
        await index.WriteAsync(stored, cancellation);
        if (stored.Outbox.Any(row => row.Type.StartsWith("invoice.exception_", StringComparison.Ordinal)))
        {
            await exceptions.WriteAsync(stored.State, cancellation);
            await recoveries.NoteAsync(stored.State, cancellation);
        }
        await PublishAndForgetAsync(stored, cancellation);
    }

    /// <summary>
    /// Called by the creation, which saves the orchestration its first turn. The orchestration may be faster, woken by a payment:
    /// then what it wrote to the lists stays.
    /// </summary>
    public async Task FlushCreationAsync(StoredInvoice created, CancellationToken cancellation)
    {
        await index.AddAsync(created, cancellation);
        await PublishAndForgetAsync(created, cancellation);
    }

    private async Task PublishAndForgetAsync(StoredInvoice stored, CancellationToken cancellation)
    {
        await events.PublishAsync(
            [.. stored.Outbox.Where(row => !row.IsForIndexOnly).Select(row => EventOf(stored, row))], cancellation);
        // Until here the sweeper takes the creation for unfinished.
        if (stored.Outbox.Any(row => row.Version == 1))
            await watches.AcknowledgeAsync(stored.State.Terms.Network, stored.State.Terms.Id, cancellation);
        await invoices.ClearOutboxAsync(stored, cancellation);
    }

    private static GatewayEvent EventOf(StoredInvoice stored, OutboxRow row) => new(
        row.EventId,
        row.Type,
        stored.State.Terms.MerchantId,
        stored.State.Terms.Id,
        row.At,
        row.Version,
        row.FulfilmentKey,
        stored.State.Terms.Livemode,
        row.Body)
    { TraceParent = InvoiceTrace.Here };
}
