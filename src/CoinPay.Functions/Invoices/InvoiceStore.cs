using System.Numerics;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Stores invoices, each an aggregate in the partition <c>merchant!invoice</c> next to the answer to its creation (<c>answer</c>).
/// </summary>
internal sealed class InvoiceStore(Tables tables, Networks networks)
{
    private const string AnswerKey = "answer";

    private readonly AggregateStore<Invoice, InvoiceEvent> _store = new(tables.Invoices, new InvoiceAggregate());

    /// <summary>Returns the parts of an invoice that a decision needs, or null if it does not exist.</summary>
    public Task<Stored<Invoice>?> FindAsync(string merchantId, string invoiceId, CancellationToken cancellation) =>
        _store.FindAsync(Key.Of(merchantId, invoiceId), cancellation);

    /// <summary>Returns an invoice's summary from its snapshot alone, or null if it does not exist.</summary>
    public async Task<InvoiceSummary?> FindSummaryAsync(string merchantId, string invoiceId, CancellationToken cancellation) =>
        await tables.Invoices.FindAsync(Key.Of(merchantId, invoiceId), AggregateRows.SnapshotKey, cancellation) is { } snapshot
            ? InvoiceAggregate.ReadSummary(snapshot)
            : null;

    /// <summary>Returns every event in order, each with the hash that chains it to the one before.</summary>
    public Task<List<TimelineRow<InvoiceEvent>>> ReadTimelineAsync(
        string merchantId, string invoiceId, CancellationToken cancellation) =>
        _store.ReadTimelineAsync(Key.Of(merchantId, invoiceId), cancellation);

    /// <summary>
    /// Writes events and everything that follows from them in one batch. Throws 409 (the invoice exists) or 412 (another
    /// commit came after it was read) without writing anything.
    /// </summary>
    /// <param name="before">The invoice the events apply to; null for a creation.</param>
    /// <param name="events">At least one event.</param>
    /// <param name="chain">What is known about the chain, for the webhook bodies.</param>
    /// <param name="answer">For a creation: the response body, so that a repeat gets the same bytes.</param>
    /// <param name="cancellation">Cancels before the write.</param>
    public async Task<Stored<Invoice>> CommitAsync(
        Stored<Invoice>? before, IReadOnlyList<InvoiceEvent> events, ChainKnowledge? chain, byte[]? answer, CancellationToken cancellation)
    {
        List<Committed<Invoice, InvoiceEvent>> committed = _store.Fold(before, events);
        InvoiceTerms terms = committed[^1].After.Terms;
        string partition = Key.Of(terms.MerchantId, terms.Id);
        List<TableEntity> more = [];
        if (InvoiceAggregate.SearchRow(partition, committed) is { } search)
            more.Add(search);
        if (answer is not null)
            more.Add(new(partition, AnswerKey) { ["Body"] = answer });
        Stored<Invoice> after = await _store.CommitAsync(
            partition,
            before,
            committed,
            [.. committed.Select(one => InvoiceEventBody.Freeze(one, chain, networks)).OfType<GatewayEvent>()],
            more,
            cancellation);
        InvoiceInstruments.Committed(before?.State, committed);
        return after;
    }

    /// <summary>Deletes outbox rows that were published and indexed; tolerates rows that are already deleted.</summary>
    public Task ForgetAsync(Stored<Invoice> told, CancellationToken cancellation) => tables.Invoices.DeleteAllAsync(
        told.Partition, [.. told.Outbox.Select(Outbox.KeyOf), .. InvoiceAggregate.SearchKeys(told)], cancellation);

    /// <summary>Returns the response body of the creation, or null if the invoice was not created.</summary>
    public async Task<byte[]?> FindAnswerAsync(string merchantId, string invoiceId, CancellationToken cancellation) =>
        (await tables.Invoices.FindAsync(Key.Of(merchantId, invoiceId), AnswerKey, cancellation))?.GetBinary("Body");
}

/// <summary>An invoice with the sums of its transfers but not the transfers: one row, however many there are.</summary>
/// <param name="State">The state; <see cref="Invoice.Transfers"/> is empty.</param>
/// <param name="Seen">Base units received, whether confirmed or not.</param>
/// <param name="Confirmed">Base units with the required confirmations.</param>
/// <param name="LastBlock">The highest block with a counted transfer; null until all of them are in blocks.</param>
internal sealed record InvoiceSummary(Invoice State, BigInteger Seen, BigInteger Confirmed, long? LastBlock);
