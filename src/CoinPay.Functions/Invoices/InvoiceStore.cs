using System.Collections.Immutable;
using System.Text;
using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// One partition an invoice: <c>invoice</c> (snapshot), <c>event!…</c>, <c>line!…</c>, <c>transfer!…</c>, <c>outbox!…</c>,
/// <c>answer</c> (what the creation answered) and <c>webhook!…</c> (see <see cref="InvoiceWebhooks"/>). What must agree is written in one entity-group transaction.
/// </summary>
internal sealed partial class InvoiceStore(Tables tables, Networks networks)
{
    private const string SnapshotKey = "invoice";
    private const string AnswerKey = "answer";
    private const string OutboxPrefix = "outbox!";
    private const string TransferPrefix = "transfer!";
    private const string EventPrefix = "event!";
    private const int MaxBatchRows = 100;

    /// <summary>Loads what a decision needs: snapshot, transfers and outbox, not the timeline. Null when there is no such invoice.</summary>
    public async Task<StoredInvoice?> FindAsync(string merchantId, string invoiceId, CancellationToken cancellation)
    {
        string partition = Key.Of(merchantId, invoiceId);
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {partition} and (RowKey eq {SnapshotKey} or RowKey ge {OutboxPrefix})");
        TableEntity? snapshot = null;
        List<OutboxRow> outbox = [];
        List<TableEntity> told = [];
        var transfers = ImmutableSortedDictionary.CreateBuilder<string, Transfer>(StringComparer.Ordinal);
        await foreach (TableEntity row in tables.Invoices.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            switch (Key.PrefixOf(row.RowKey))
            {
                case SnapshotKey:
                    snapshot = row;
                    break;
                case OutboxPrefix:
                    outbox.Add(ToOutbox(row));
                    break;
                case InvoiceWebhooks.Prefix:
                    told.Add(row);
                    break;
                case TransferPrefix:
                    Transfer transfer = StoredJson.Read<Transfer>(row.GetString("Json"));
                    transfers.Add(transfer.Key, transfer);
                    break;
                default:
                    throw new BugException($"row {row.RowKey} in partition {partition} is of no kind that an invoice has");
            }
        }
        if (snapshot is null)
            return null;
        Invoice state = StoredJson.Read<Invoice>(snapshot.GetString("Json")) with { Transfers = transfers.ToImmutable() };
        return new(state, snapshot.ETag, snapshot.GetString("LastHash"), outbox)
        {
            Webhooks = WebhookTally.Of(told),
            TraceParent = snapshot.GetString("TraceParent"),
        };
    }

    /// <summary>
    /// Writes events and all that follows from them in one batch. Throws 409 (the invoice exists) or 412 (somebody
    /// committed since it was read); nothing is written then.
    /// </summary>
    /// <param name="answer">For a creation: the body it is answered with, so that a repeat gets the same bytes.</param>
    public async Task<StoredInvoice> CommitAsync(
        StoredInvoice? before, IReadOnlyList<InvoiceEvent> events, ChainKnowledge? chain, byte[]? answer, CancellationToken cancellation)
    {
        Assert.That(events.Count > 0);
        List<CommittedEvent> committed = Fold(before?.State, events);
        Invoice after = committed[^1].After;
        string partition = Key.Of(after.Terms.MerchantId, after.Terms.Id);
        List<OutboxRow> outbox = WithNewTransactions(
            committed.Select(happened => WebhookBody.Freeze(happened, chain, networks)).OfType<OutboxRow>().ToList(), committed);
        string lastHash = before?.LastHash ?? Timeline.Start;
        List<TableEntity> rows = [];
        foreach (CommittedEvent happened in committed)
            rows.AddRange(TimelineRows(partition, happened, ref lastHash));
        rows.AddRange(ChangedTransfers(before?.State, after).Select(transfer => TransferRow(partition, transfer)));
        rows.AddRange(outbox.Select(row => OutboxEntity(partition, row)));
        if (answer is not null)
            rows.Add(new(partition, AnswerKey) { ["Body"] = answer });

        string? traceParent = before is null ? InvoiceTrace.Here : before.TraceParent;
        List<TableTransactionAction> batch = [Snapshot(partition, before, after, lastHash, traceParent)];
        batch.AddRange(rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)));
        Assert.That(batch.Count <= MaxBatchRows);
        Response<IReadOnlyList<Response>> saved = await tables.Invoices.SubmitTransactionAsync(batch, cancellation);
        InvoiceInstruments.Committed(before?.State, committed);
        return new(after, saved.Value[0].Headers.ETag!.Value, lastHash, [.. before?.Outbox ?? [], .. outbox])
        {
            Webhooks = before?.Webhooks ?? WebhookTally.None,
            TraceParent = traceParent,
        };
    }

    /// <summary>The first thing to send takes the new transactions along; where nothing is told, a row for the index does.</summary>
    private static List<OutboxRow> WithNewTransactions(List<OutboxRow> outbox, List<CommittedEvent> committed)
    {
        string[] hashes = committed
            .Select(happened => HashOf(happened.Event))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        if (hashes.Length == 0)
            return outbox;
        OutboxRow first = outbox.Count > 0
            ? outbox[0]
            : new(committed[^1].Version, "", "", committed[^1].Event.At, "", null);
        return [first with { NewTransactions = hashes }, .. outbox.Skip(1)];
    }

    /// <summary>A payer whose wallet replaced a payment knows the transaction that took its place, wherever that one pays to.</summary>
    private static string? HashOf(InvoiceEvent happened) => happened switch
    {
        TransferSeen seen => seen.Transfer.TransactionHash,
        TransferLost lost => lost.ReplacedBy,
        _ => null,
    };

    /// <summary>Takes away what was sent; some of it may have been sent, and taken away, by somebody else meanwhile.</summary>
    public async Task ClearOutboxAsync(StoredInvoice sent, CancellationToken cancellation)
    {
        string partition = Key.Of(sent.State.Terms.MerchantId, sent.State.Terms.Id);
        foreach (OutboxRow[] rows in sent.Outbox.Chunk(MaxBatchRows))
        {
            try
            {
                await tables.Invoices.SubmitTransactionAsync(
                    rows.Select(row => new TableTransactionAction(
                        TableTransactionActionType.Delete, new TableEntity(partition, OutboxKey(row.Version)), ETag.All)),
                    cancellation);
            }
            catch (RequestFailedException missing) when (missing.Status == 404)
            {
                // One missing row fails the whole batch; a delete of its own takes it for done.
                foreach (OutboxRow row in rows)
                    await tables.Invoices.DeleteEntityAsync(partition, OutboxKey(row.Version), ETag.All, cancellation);
            }
        }
    }

    /// <summary>The bytes that the creation answered, or null when the invoice was not created.</summary>
    public async Task<byte[]?> FindAnswerAsync(string merchantId, string invoiceId, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Invoices.GetEntityIfExistsAsync<TableEntity>(
            Key.Of(merchantId, invoiceId), AnswerKey, cancellationToken: cancellation);
        return row.HasValue ? row.Value!.GetBinary("Body") : null;
    }

    /// <summary>Every event in order, each with the hash that chains it to the one before.</summary>
    public async Task<List<TimelineRow>> ReadTimelineAsync(
        string merchantId, string invoiceId, CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {Key.Of(merchantId, invoiceId)} and RowKey ge {EventPrefix} and RowKey lt {Key.After(EventPrefix)}");
        List<TimelineRow> events = [];
        await foreach (TableEntity row in tables.Invoices.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
            events.Add(new(
                int.Parse(row.RowKey.AsSpan(EventPrefix.Length)),
                StoredJson.Read<InvoiceEvent>(row.GetString("Json")),
                row.GetString("Json"),
                row.GetString("Hash")));
        return events;
    }

    private static List<CommittedEvent> Fold(Invoice? state, IReadOnlyList<InvoiceEvent> events)
    {
        List<CommittedEvent> committed = [];
        foreach (InvoiceEvent happened in events)
        {
            Invoice after = Invoice.Evolve(state, happened);
            committed.Add(new(after.Version, happened, after, InvoiceLedger.Post(state, after)));
            state = after;
        }
        return committed;
    }

    private static TableTransactionAction Snapshot(
        string partition, StoredInvoice? before, Invoice after, string lastHash, string? traceParent)
    {
        TableEntity row = new(partition, SnapshotKey)
        {
            ["Json"] = StoredJson.Write(after with { Transfers = after.Transfers.Clear() }),
            ["Status"] = after.Status.Text(),
            ["Version"] = after.Version,
            ["LastHash"] = lastHash,
            ["TraceParent"] = traceParent,
        };
        WriteSums(row, after);
        return before is null
            ? new(TableTransactionActionType.Add, row)
            : new(TableTransactionActionType.UpdateReplace, row, before.Tag);
    }

    private static List<TableEntity> TimelineRows(string partition, CommittedEvent happened, ref string lastHash)
    {
        string json = StoredJson.Write(happened.Event);
        lastHash = Timeline.Hash(lastHash, happened.Version, json);
        List<TableEntity> rows =
        [
            new(partition, $"{EventPrefix}{happened.Version:D7}")
            {
                ["Type"] = happened.Event.Name(),
                ["At"] = happened.Event.At,
                ["Json"] = json,
                ["Hash"] = lastHash,
            },
        ];
        rows.AddRange(happened.Postings.Select((posting, index) => new TableEntity(partition, $"line!{happened.Version:D7}.{index}")
        {
            ["Source"] = posting.Source,
            ["Destination"] = posting.Destination,
            ["AssetId"] = posting.AssetId,
            ["Amount"] = posting.Amount.ToString(),
            ["At"] = happened.Event.At,
        }));
        return rows;
    }

    private static IEnumerable<Transfer> ChangedTransfers(Invoice? before, Invoice after) =>
        after.Transfers.Values.Where(transfer => before?.Transfers.GetValueOrDefault(transfer.Key) != transfer);

    private static TableEntity TransferRow(string partition, Transfer transfer) =>
        new(partition, TransferPrefix + Key.Hash(transfer.Key)) { ["Json"] = StoredJson.Write(transfer) };

    private static string OutboxKey(int version) => $"{OutboxPrefix}{version:D7}";

    private static TableEntity OutboxEntity(string partition, OutboxRow row) => new(partition, OutboxKey(row.Version))
    {
        ["EventId"] = row.EventId,
        ["Type"] = row.Type,
        ["At"] = row.At,
        ["Body"] = Encoding.UTF8.GetBytes(row.Body),
        ["FulfilmentKey"] = row.FulfilmentKey,
        ["NewTransactions"] = row.NewTransactions.Count == 0 ? null : string.Join(',', row.NewTransactions),
    };

    private static OutboxRow ToOutbox(TableEntity row) => new(
        int.Parse(row.RowKey.AsSpan(OutboxPrefix.Length)),
        row.GetString("EventId"),
        row.GetString("Type"),
        row.GetDateTimeOffset("At")!.Value,
        Encoding.UTF8.GetString(row.GetBinary("Body") ?? []),
        row.GetString("FulfilmentKey"))
    {
        NewTransactions = row.GetString("NewTransactions")?.Split(',') ?? [],
    };
}
