using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;

namespace CoinPay.Cli;

/// <summary>All rows of an invoice's partition, in the order of their keys.</summary>
internal sealed record InvoiceRows(string Partition, IReadOnlyList<TableEntity> All)
{
    public TableEntity? Snapshot => All.FirstOrDefault(row => row.RowKey == AggregateRows.SnapshotKey);

    public IReadOnlyList<TableEntity> Events => With(AggregateRows.EventPrefix);

    public IReadOnlyList<TableEntity> Lines => With(AggregateRows.LinePrefix);

    public IReadOnlyList<TableEntity> Transfers => With(InvoiceAggregate.TransferPrefix);

    public bool HasOutbox => With(Outbox.Prefix).Count + With(InvoiceAggregate.SearchPrefix).Count > 0;

    public static async Task<InvoiceRows> OfAsync(TableClient invoices, string partition, CancellationToken cancellation)
    {
        List<TableEntity> rows = [];
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        await foreach (TableEntity row in invoices.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
            rows.Add(row);
        return new(partition, rows);
    }

    /// <summary>Returns the partitions of the table one by one.</summary>
    public static async IAsyncEnumerable<InvoiceRows> AllAsync(
        TableClient invoices, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<TableEntity> rows = [];
        await foreach (TableEntity row in invoices.QueryAsync<TableEntity>(cancellationToken: cancellation))
        {
            if (rows.Count > 0 && rows[0].PartitionKey != row.PartitionKey)
            {
                yield return new(rows[0].PartitionKey, rows);
                rows = [];
            }
            rows.Add(row);
        }
        if (rows.Count > 0)
            yield return new(rows[0].PartitionKey, rows);
    }

    private List<TableEntity> With(string prefix) => [.. All.Where(row => row.RowKey.StartsWith(prefix, StringComparison.Ordinal))];
}
