using System.Numerics;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Invoices, each an aggregate in the partition <c>merchant!invoice</c>, with the answer of its creation (<c>answer</c>) beside it.
/// </summary>
internal sealed class InvoiceStore(Tables tables, Networks networks)
{
    private const string AnswerKey = "answer";

    private readonly AggregateStore<Invoice, InvoiceEvent> _store = new(tables.Invoices, new InvoiceAggregate());

    /// <summary>What a decision needs of an invoice, or null when there is no such.</summary>
    public Task<Stored<Invoice>?> FindAsync(string merchantId, string invoiceId, CancellationToken cancellation) =>
        _store.FindAsync(Key.Of(merchantId, invoiceId), cancellation);

    /// <summary>Where an invoice stands, from its snapshot alone. Null when there is no such invoice.</summary>
    public async Task<InvoiceSummary?> FindSummaryAsync(string merchantId, string invoiceId, CancellationToken cancellation) =>
        await tables.Invoices.FindAsync(Key.Of(merchantId, invoiceId), AggregateRows.SnapshotKey, cancellation) is { } snapshot
            ? InvoiceAggregate.ReadSummary(snapshot)
            : null;

    /// <summary>Every event in order, each with the hash that chains it to the one before.</summary>
    public Task<List<TimelineRow<InvoiceEvent>>> ReadTimelineAsync(
        string merchantId, string invoiceId, CancellationToken cancellation) =>
        _store.ReadTimelineAsync(Key.Of(merchantId, invoiceId), cancellation);

    /// <summary>
    /// Writes events and all that follows from them in one batch. Throws 409 (the invoice exists) or 412 (somebody
    /// committed since it was read); nothing is written then.
    /// </summary>
    /// <param name="before">What it is put on top of; null for a creation.</param>
    /// <param name="events">One at least.</param>
    /// <param name="chain">What is known of the chain, for what is told of it.</param>
    /// <param name="answer">For a creation: the body it is answered with, so that a repeat gets the same bytes.</param>
    /// <param name="cancellation">Before the write.</param>
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

    /// <summary>Takes away what was told and indexed; some of it may have been taken away by somebody else meanwhile.</summary>
    public Task ForgetAsync(Stored<Invoice> told, CancellationToken cancellation) => tables.Invoices.DeleteAllAsync(
        told.Partition, [.. told.Outbox.Select(Outbox.KeyOf), .. InvoiceAggregate.SearchKeys(told)], cancellation);

    /// <summary>The bytes that the creation answered, or null when the invoice was not created.</summary>
    public async Task<byte[]?> FindAnswerAsync(string merchantId, string invoiceId, CancellationToken cancellation) =>
        (await tables.Invoices.FindAsync(Key.Of(merchantId, invoiceId), AnswerKey, cancellation))?.GetBinary("Body");
}

/// <summary>An invoice without its transfers, of which the sums are known: one row, however many there are.</summary>
/// <param name="State">The state; <see cref="Invoice.Transfers"/> is empty.</param>
/// <param name="Seen">Base units that stand, whether confirmed or not.</param>
/// <param name="Confirmed">Base units that are as deep as asked.</param>
/// <param name="LastBlock">The highest block that holds some of what was seen; null until all of it is in blocks.</param>
internal sealed record InvoiceSummary(Invoice State, BigInteger Seen, BigInteger Confirmed, long? LastBlock);
