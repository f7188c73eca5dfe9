using System.Collections.Immutable;
using System.Numerics;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// The rows specific to an invoice: <c>transfer!…</c>, one per transfer; <c>search!version</c>, transactions still to be indexed
/// for search; <c>webhook!…</c>, how its events were delivered (<see cref="InvoiceWebhooks"/>).
/// </summary>
internal sealed class InvoiceAggregate : IAggregate<Invoice, InvoiceEvent>
{
    public const string TransferPrefix = "transfer!";
    public const string SearchPrefix = "search!";

    public Invoice Evolve(Invoice? state, InvoiceEvent happened) => Invoice.Evolve(state, happened);

    public IReadOnlyList<Posting> Post(Invoice? before, Invoice after) => InvoiceLedger.Post(before, after);

    public void WriteSnapshot(TableEntity snapshot, Invoice state)
    {
        snapshot.SetLong("Json", StoredJson.Write(state with { Transfers = state.Transfers.Clear() }));
        snapshot["Status"] = state.Status.Text();
        snapshot["Seen"] = state.Seen.ToString();
        snapshot["Confirmed"] = state.Confirmed.ToString();
        snapshot["LastBlock"] = LastBlockOf([.. state.Counted]);
    }

    public Invoice Read(TableEntity snapshot, IEnumerable<TableEntity> parts)
    {
        var transfers = ImmutableSortedDictionary.CreateBuilder<string, Transfer>(StringComparer.Ordinal);
        foreach (TableEntity row in parts)
        {
            switch (Key.PrefixOf(row.RowKey))
            {
                case TransferPrefix:
                    Transfer transfer = StoredJson.Read<Transfer>(row.GetString("Json"));
                    transfers.Add(transfer.Key, transfer);
                    break;
                case SearchPrefix or InvoiceWebhooks.Prefix:
                    break;
                default:
                    throw new BugException($"row {row.RowKey} in partition {row.PartitionKey} is not a kind of row that an invoice has");
            }
        }
        return StoredJson.Read<Invoice>(snapshot.GetLongString("Json")) with { Transfers = transfers.ToImmutable() };
    }

    /// <summary>Reads a summary from the snapshot alone.</summary>
    public static InvoiceSummary ReadSummary(TableEntity snapshot) => new(
        StoredJson.Read<Invoice>(snapshot.GetLongString("Json")),
        BigInteger.Parse(snapshot.GetString("Seen")),
        BigInteger.Parse(snapshot.GetString("Confirmed")),
        snapshot.GetInt64("LastBlock"));

    public IEnumerable<TableEntity> ChangedParts(string partition, Invoice? before, Invoice after) => after.Transfers.Values
        .Where(transfer => before?.Transfers.GetValueOrDefault(transfer.Key) != transfer)
        .Select(transfer => new TableEntity(partition, TransferPrefix + Key.Hash(transfer.Key)) { ["Json"] = StoredJson.Write(transfer) });

    /// <summary>Returns the row with the transactions that a commit adds to search, or null if it adds none.</summary>
    public static TableEntity? SearchRow(string partition, IReadOnlyList<Committed<Invoice, InvoiceEvent>> committed)
    {
        string[] hashes = [.. committed.Select(one => HashOf(one.Event)).OfType<string>().Distinct(StringComparer.Ordinal)];
        return hashes.Length == 0
            ? null
            : new(partition, $"{SearchPrefix}{committed[^1].Version:D7}") { ["Transactions"] = string.Join(',', hashes) };
    }

    /// <summary>Returns true if the invoice's creation has not been published yet.</summary>
    public static bool IsNew(Stored<Invoice> stored) => stored.Outbox.Any(happened => happened.StateVersion == 1);

    /// <summary>Returns the keys of the rows that hold transactions still to be indexed for search.</summary>
    public static IEnumerable<string> SearchKeys(Stored<Invoice> stored) => SearchRows(stored).Select(row => row.RowKey);

    /// <summary>Returns the transactions that search does not find yet.</summary>
    public static IEnumerable<string> NewTransactions(Stored<Invoice> stored) =>
        SearchRows(stored).SelectMany(row => row.GetString("Transactions").Split(','));

    /// <summary>Returns how its events were delivered, from the rows that were loaded.</summary>
    public static WebhookTally WebhooksOf(Stored<Invoice> stored) =>
        WebhookTally.Of([.. stored.Parts.Where(row => Key.PrefixOf(row.RowKey) == InvoiceWebhooks.Prefix)]);

    private static IEnumerable<TableEntity> SearchRows(Stored<Invoice> stored) =>
        stored.Parts.Where(row => Key.PrefixOf(row.RowKey) == SearchPrefix);

    /// <summary>A payer whose wallet replaced a payment knows only the replacement, so it is indexed wherever it pays to.</summary>
    private static string? HashOf(InvoiceEvent happened) => happened switch
    {
        TransferSeen seen => seen.Transfer.TransactionHash,
        TransferLost lost => lost.ReplacedBy,
        _ => null,
    };

    private static long? LastBlockOf(List<Transfer> counted) =>
        counted.Count > 0 && counted.TrueForAll(transfer => transfer.Block is not null)
            ? counted.Max(transfer => transfer.Block!.Height)
            : null;
}
