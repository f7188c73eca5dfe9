using Azure;
using Azure.Data.Tables;

namespace CoinPay.Functions.Watching;

// Transfers too small to count as money: one row an invoice, however many come.
internal sealed partial class ViewStore
{
    private const string DustPrefix = "dust!";

    /// <summary>
    /// Counts dust in blocks of these heights. Blocks that are read again after a crash are not counted again; so neither
    /// is what a reorg puts into the place of a counted block: the count is a sign, not an account.
    /// </summary>
    public async Task CountDustAsync(Watch watch, IReadOnlyCollection<long> heights, CancellationToken cancellation)
    {
        DustCount known = await ReadDustAsync(watch.Network, watch.InvoiceId, cancellation);
        long[] added = [.. heights.Where(height => height > known.LastHeight)];
        if (added.Length == 0)
            return;
        TableEntity row = new(PartitionOf(watch.Network, watch.InvoiceId), DustPrefix + watch.InvoiceId)
        {
            ["Count"] = known.Count + added.Length,
            ["LastHeight"] = added.Max(),
        };
        await tables.Watches.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
    }

    /// <summary>How many transfers below the dust limit came to an invoice, and the block of the last.</summary>
    public async Task<DustCount> ReadDustAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Watches.GetEntityIfExistsAsync<TableEntity>(
            PartitionOf(network, invoiceId), DustPrefix + invoiceId, cancellationToken: cancellation);
        return row.HasValue
            ? new(row.Value!.GetInt64("Count")!.Value, row.Value!.GetInt64("LastHeight")!.Value)
            : new(0, -1);
    }
}

/// <summary>How often dust came to an invoice; a height of −1 stands for never.</summary>
internal readonly record struct DustCount(long Count, long LastHeight);
