using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;

namespace CoinPay.Functions.Platform.Events;

/// <summary>
/// The events that a change publishes: rows <c>outbox!version.event</c>, written in the change's transaction and partition. They are
/// published afterwards and only then deleted: after a crash in between they are published again, under the same ids.
/// </summary>
internal sealed class Outbox(IEventPublisher publisher)
{
    public const string Prefix = "outbox!";

    public static TableEntity Row(string partition, GatewayEvent happened) => happened.ToRow(partition, KeyOf(happened));

    /// <summary>Returns a row key that sorts in the order of the events.</summary>
    public static string KeyOf(GatewayEvent happened) => $"{Prefix}{happened.StateVersion:D7}.{happened.Id}";

    /// <summary>Publishes events of one merchant; their deliveries continue the current trace.</summary>
    public Task TellAsync(IEnumerable<GatewayEvent> happened, CancellationToken cancellation) => publisher.PublishAsync(
        [.. happened.Select(one => one with { TraceParent = InvoiceTrace.Here ?? one.TraceParent })], cancellation);

    /// <summary>Publishes and deletes the events in a partition's outbox.</summary>
    public async Task FlushAsync(TableClient table, string partition, CancellationToken cancellation)
    {
        List<GatewayEvent> left = [];
        await foreach (TableEntity row in table.RangeAsync(partition, Prefix, cancellation))
            left.Add(GatewayEvent.FromRow(row));
        if (left.Count > 0)
            await TellAndForgetAsync(table, partition, left, cancellation);
    }

    /// <summary>Publishes the events that a crash left in any outbox. Reads the whole table, so it should run rarely.</summary>
    public async Task SweepAsync(TableClient table, CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter($"RowKey ge {Prefix} and RowKey lt {Key.After(Prefix)}");
        List<TableEntity> rows = [];
        await foreach (TableEntity row in table.RowsAsync(filter, cancellation))
            rows.Add(row);
        foreach (IGrouping<string, TableEntity> left in rows.GroupBy(row => row.PartitionKey, StringComparer.Ordinal))
            await TellAndForgetAsync(table, left.Key, [.. left.Select(GatewayEvent.FromRow)], cancellation);
    }

    private async Task TellAndForgetAsync(
        TableClient table, string partition, IReadOnlyList<GatewayEvent> left, CancellationToken cancellation)
    {
        await TellAsync(left, cancellation);
        await table.DeleteAllAsync(partition, [.. left.Select(KeyOf)], cancellation);
    }
}
