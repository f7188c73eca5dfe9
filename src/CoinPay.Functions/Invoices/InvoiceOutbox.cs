using CoinPay.Core;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Sends what commits left in the outbox: first the merchant's lists and search, then exceptions and recoveries, then events.
/// Clears the outbox only after that: a crash in between sends everything again under the same ids, which changes nothing.
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
    /// Called when an invoice is created, which saves the orchestration its first turn. If a payment woke the orchestration first,
    /// what it wrote to the lists stays.
    /// </summary>
    public async Task FlushCreationAsync(Stored<Invoice> created, CancellationToken cancellation)
    {
        await index.AddAsync(created, cancellation);
        await TellAndForgetAsync(created, cancellation);
    }

    private async Task TellAndForgetAsync(Stored<Invoice> stored, CancellationToken cancellation)
    {
        await outbox.TellAsync(stored.Outbox, cancellation);
        // Until here the sweeper considers the creation unfinished.
        if (InvoiceAggregate.IsNew(stored))
            await watches.AcknowledgeAsync(stored.State.Terms.Network, stored.State.Terms.Id, cancellation);
        await invoices.ForgetAsync(stored, cancellation);
    }
}
