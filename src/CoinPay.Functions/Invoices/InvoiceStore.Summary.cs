using System.Numerics;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices;

/// <summary>An invoice without its transfers, of which the sums are known: one row, however many there are.</summary>
/// <param name="State">The state; <see cref="Invoice.Transfers"/> is empty.</param>
/// <param name="Seen">Base units that stand, whether confirmed or not.</param>
/// <param name="Confirmed">Base units that are as deep as asked.</param>
/// <param name="LastBlock">The highest block that holds some of what was seen; null until all of it is in blocks.</param>
internal sealed record InvoiceSummary(Invoice State, BigInteger Seen, BigInteger Confirmed, long? LastBlock);

internal sealed partial class InvoiceStore
{
    /// <summary>Where an invoice stands, from its snapshot alone. Null when there is no such invoice.</summary>
    public async Task<InvoiceSummary?> FindSummaryAsync(
        string merchantId, string invoiceId, CancellationToken cancellation) =>
        await tables.Invoices.FindAsync(Key.Of(merchantId, invoiceId), SnapshotKey, cancellation) is { } row
            ? new(
                StoredJson.Read<Invoice>(row.GetString("Json")),
                BigInteger.Parse(row.GetString("Seen")),
                BigInteger.Parse(row.GetString("Confirmed")),
                row.GetInt64("LastBlock"))
            : null;

    private static void WriteSums(TableEntity snapshot, Invoice state)
    {
        snapshot["Seen"] = state.Seen.ToString();
        snapshot["Confirmed"] = state.Confirmed.ToString();
        snapshot["LastBlock"] = LastBlockOf([.. state.Counted]);
    }

    private static long? LastBlockOf(List<Transfer> counted) =>
        counted.Count > 0 && counted.TrueForAll(transfer => transfer.Block is not null)
            ? counted.Max(transfer => transfer.Block!.Height)
            : null;
}
