using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Chains;

/// <summary>
/// Watches, in partitions of a network and a bucket. A watch's row key begins with its invoice id, which sorts by time, so
/// that what is new is a key range. Source of the limits: a partition serves 2,000 entities a second.
/// </summary>
internal sealed class WatchStore(Tables tables)
{
    /// <summary>500 creations a second, with some five writes each, stay below a partition's 2,000; every bucket costs reads at every poll.</summary>
    public const int Buckets = 2;

    private const string Prefix = "watch!";

    public static string Partition(string network, string invoiceId) => Key.Of(network, (invoiceId[^1] % Buckets).ToString());

    public static IEnumerable<string> Partitions(string network) =>
        Enumerable.Range(0, Buckets).Select(bucket => Key.Of(network, bucket.ToString()));

    /// <summary>Inserts a watch; answers the one that stands when a crash or a twin request was here before.</summary>
    public async Task<Watch> InsertAsync(Watch watch, CancellationToken cancellation)
    {
        try
        {
            await tables.Watches.AddEntityAsync(ToRow(watch), cancellation);
            return watch;
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            return await FindAsync(watch.Network, watch.InvoiceId, cancellation) ?? throw new BugException("a watch vanished");
        }
    }

    public async Task<Watch?> FindAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Watches.GetEntityIfExistsAsync<TableEntity>(
            Partition(network, invoiceId), Prefix + invoiceId, cancellationToken: cancellation);
        return row.HasValue ? ToWatch(row.Value!) : null;
    }

    /// <summary>Watches whose invoice ids were made at or after an instant; all there are for null.</summary>
    public async Task<List<Watch>> ReadSinceAsync(string network, DateTimeOffset? since, CancellationToken cancellation)
    {
        string from = Prefix + (since is null ? "" : "inv_" + Id.TimePrefix(since.Value));
        return await ReadAsync(network, TableClient.CreateQueryFilter($"RowKey ge {from} and RowKey lt {Key.After(Prefix)}"), cancellation);
    }

    /// <summary>Watches whose time is over.</summary>
    public Task<List<Watch>> ReadOverdueAsync(string network, DateTimeOffset now, CancellationToken cancellation) =>
        ReadAsync(
            network,
            TableClient.CreateQueryFilter($"RowKey ge {Prefix} and RowKey lt {Key.After(Prefix)} and MonitorUntil lt {now}"),
            cancellation);

    private async Task<List<Watch>> ReadAsync(string network, string rows, CancellationToken cancellation)
    {
        List<Watch> watches = [];
        foreach (string partition in Partitions(network))
        {
            string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}") + " and " + rows;
            await foreach (TableEntity row in tables.Watches.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
                watches.Add(ToWatch(row));
        }
        return watches;
    }

    /// <summary>Marks that the invoice's orchestration runs.</summary>
    public Task AcknowledgeAsync(string network, string invoiceId, CancellationToken cancellation) =>
        tables.Watches.UpdateEntityAsync(
            new TableEntity(Partition(network, invoiceId), Prefix + invoiceId) { ["Acknowledged"] = true },
            ETag.All,
            TableUpdateMode.Merge,
            cancellation);

    /// <summary>Removes the watch of an invoice that is looked out for no longer.</summary>
    public Task RemoveAsync(string network, string invoiceId, CancellationToken cancellation) =>
        tables.Watches.DeleteEntityAsync(
            Partition(network, invoiceId), Prefix + invoiceId, ETag.All, cancellation);

    private static TableEntity ToRow(Watch watch) => new(Partition(watch.Network, watch.InvoiceId), Prefix + watch.InvoiceId)
    {
        ["MerchantId"] = watch.MerchantId,
        ["Address"] = watch.Address,
        ["Recipient"] = watch.Recipient,
        ["Required"] = watch.Required.ToString(),
        ["MonitorUntil"] = watch.MonitorUntil,
        ["Counter"] = watch.Counter,
        ["Index"] = watch.Index,
        ["Acknowledged"] = watch.Acknowledged,
    };

    private static Watch ToWatch(TableEntity row) => new()
    {
        Network = row.PartitionKey[..row.PartitionKey.IndexOf('!', StringComparison.Ordinal)],
        InvoiceId = row.RowKey[Prefix.Length..],
        MerchantId = row.GetString("MerchantId"),
        Address = row.GetString("Address"),
        Recipient = row.GetString("Recipient"),
        Required = RequiredDepth.Parse(row.GetString("Required")) ?? throw new BugException("stored depth"),
        MonitorUntil = row.GetDateTimeOffset("MonitorUntil")!.Value,
        Counter = row.GetString("Counter"),
        Index = row.GetInt64("Index"),
        Acknowledged = row.GetBoolean("Acknowledged") ?? false,
    };
}
