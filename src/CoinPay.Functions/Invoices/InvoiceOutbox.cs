using CoinPay.Core;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Sends what commits left to send: the merchant's lists and search, the exceptions and what follows from them, then the events.
/// Only then is it forgotten: a crash in between sends it again under the same ids, and repeating it changes nothing.
/// </summary>
internal sealed class InvoiceOutbox(
    InvoiceStore invoices, WatchStore watches, Outbox outbox, InvoiceIndex index, ExceptionStore exceptions, RecoveryStore recoveries)
{
    /// <summary>Called by the invoice's orchestration, so that the lists have one writer.</summary>
    public async Task FlushAsync(Stored<Invoice> stored, CancellationToken cancellation)
    {
        if (stored.Outbox.Count == 0 && !InvoiceAggregate.SearchKeys(stored).Any())
            return;
        await index.WriteAsync(stored, cancellation);
        if (stored.Outbox.Any(happened => happened.Type.StartsWith("invoice.exception_", StringComparison.Ordinal)))
        {
            await exceptions.WriteAsync(stored.State, cancellation);
            await recoveries.NoteAsync(stored.State, cancellation);
        }
        await TellAndForgetAsync(stored, cancellation);
    }

    /// <summary>
    /// Called by the creation, which saves the orchestration its first turn. The orchestration may be faster, woken by a payment:
    /// then what it wrote to the lists stays.
    /// </summary>
    public async Task FlushCreationAsync(Stored<Invoice> created, CancellationToken cancellation)
    {
        await index.AddAsync(created, cancellation);
        await TellAndForgetAsync(created, cancellation);
    }

    private async Task TellAndForgetAsync(Stored<Invoice> stored, CancellationToken cancellation)
    {
        await outbox.TellAsync(stored.Outbox, cancellation);
        // Until here the sweeper takes the creation for unfinished.
        if (InvoiceAggregate.IsNew(stored))
            await watches.AcknowledgeAsync(stored.State.Terms.Network, stored.State.Terms.Id, cancellation);
        await invoices.ForgetAsync(stored, cancellation);
    }
}
