using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Maintenance;

/// <summary>
/// Removes deliveries that were started more than 60 days ago, endpoint by endpoint. They are the first rows in each
/// partition, because event ids sort by time. <c>Index</c> (partition <c>retention</c>) stores where the last run stopped.
/// </summary>
internal sealed class ExpiredDeliveries(Tables tables, TimeProvider clock)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(60);

    /// <summary>The maximum number of partitions per run.</summary>
    public const int MaxPartitions = 500;

    private const int MaxRows = 10_000;
    private static readonly string[] KeysOnly = ["PartitionKey", "RowKey"];

    /// <summary>Removes expired deliveries and returns the number removed.</summary>
    public async Task<int> RemoveAsync(CancellationToken cancellation)
    {
        TableEntity cursor = await tables.Index.FindAsync("retention", "deliveries", cancellation)
            ?? new("retention", "deliveries");
        string after = cursor.GetString("After") ?? "";
        int removed = 0;
        for (int looked = 0; looked < MaxPartitions && removed < MaxRows; looked++)
        {
            string? partition = await NextPartitionAsync(after, cancellation);
            if (partition is not null)
                removed += await RemoveFromAsync(partition, MaxRows - removed, cancellation);
            after = partition ?? "";
            if (partition is null)
                break;
        }
        cursor["After"] = after;
        await tables.Index.UpsertEntityAsync(cursor, TableUpdateMode.Replace, cancellation);
        return removed;
    }

    private async Task<string?> NextPartitionAsync(string after, CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey gt {after}");
        await foreach (TableEntity row in tables.Deliveries.QueryAsync<TableEntity>(filter, 1, KeysOnly, cancellation))
            return row.PartitionKey;
        return null;
    }

    private async Task<int> RemoveFromAsync(string partition, int most, CancellationToken cancellation)
    {
        DateTimeOffset old = clock.GetUtcNow() - Kept;
        // A delivery that was started again has an old event but is itself new.
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {partition} and RowKey lt {"evt_" + Id.TimePrefix(old)} and CreatedAt lt {old}");
        List<TableEntity> rows = [];
        await foreach (TableEntity row in tables.Deliveries.QueryAsync<TableEntity>(filter, null, KeysOnly, cancellation))
        {
            rows.Add(row);
            if (rows.Count == most)
                break;
        }
        foreach (TableEntity[] batch in rows.Chunk(TableCalls.MaxBatchRows))
            await tables.Deliveries.SubmitTransactionAsync(
                batch.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)),
                cancellation);
        return rows.Count;
    }
}
