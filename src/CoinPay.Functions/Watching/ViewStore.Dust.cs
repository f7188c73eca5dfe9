using Azure;
using Azure.Data.Tables;

namespace CoinPay.Functions.Watching;

// Transfers too small to be credited: one row per invoice, however many arrive.
internal sealed partial class ViewStore
{
    private const string DustPrefix = "dust!";

    /// <summary>
    /// Counts dust in blocks at these heights. Blocks that are read again after a crash are not counted again, and neither
    /// are blocks that replace counted ones in a reorg: the count is an indication, not an exact number.
    /// </summary>
    public async Task CountDustAsync(ViewFence fence, Watch watch, IReadOnlyCollection<long> heights, CancellationToken cancellation)
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
        await fence.CommitAsync([Upsert(row)], cancellation);
    }

    /// <summary>Returns how many transfers below the dust limit an invoice received, and the block of the last one.</summary>
    public async Task<DustCount> ReadDustAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Watches.GetEntityIfExistsAsync<TableEntity>(
            PartitionOf(network, invoiceId), DustPrefix + invoiceId, cancellationToken: cancellation);
        return row.HasValue
            ? new(row.Value!.GetInt64("Count")!.Value, row.Value!.GetInt64("LastHeight")!.Value)
            : new(0, -1);
    }
}

/// <summary>How much dust an invoice received; a height of −1 means none.</summary>
internal readonly record struct DustCount(long Count, long LastHeight);
