using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Stores watches in partitions of an address space (<see cref="Network.AddressSpace"/>) and a bucket: one range serves
/// the pollers of all networks on which an address can be paid. A watch's row key contains its invoice id, which sorts by
/// time, so new watches are a key range. Source of the limits: a partition serves 2,000 entities a second.
/// </summary>
/// <param name="networks">Provides the address space of each network.</param>
internal sealed class WatchStore(Tables tables, Networks networks)
{
    /// <summary>Keeps 500 creations a second, with some five writes each, below 2,000 per partition; each costs reads per poll.</summary>
    public const int Buckets = 2;

    public const string Prefix = "watch!";

    /// <summary>The longest time for which a price is valid.</summary>
    private static readonly TimeSpan LongestExpiry = TimeSpan.FromDays(1);

    /// <summary>Marks a forwarder's address as an invoice's, for good: the watch ends, but the address never becomes a wallet's.</summary>
    private const string Issued = "issued";
    private readonly ConcurrentDictionary<string, WatchSet> _sets = new(StringComparer.Ordinal);

    /// <summary>Returns the in-memory watches of a network's space, which the pollers of its networks share.</summary>
    public WatchSet SetOf(string network) => _sets.GetOrAdd(SpaceOf(network), _ => new WatchSet(network));

    public static string Partition(string space, string invoiceId) => Key.Of(space, (invoiceId[^1] % Buckets).ToString());

    public static IEnumerable<string> Partitions(string space) =>
        Enumerable.Range(0, Buckets).Select(bucket => Key.Of(space, bucket.ToString()));

    /// <summary>Whether a row of the table is a watch.</summary>
    public static bool IsWatch(TableEntity row) => row.RowKey.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Inserts a watch, or returns the existing one after a crash or a concurrent request.</summary>
    public async Task<Watch> InsertAsync(Watch watch, CancellationToken cancellation)
    {
        try
        {
            if (watch.Counter is null)
                await tables.Watches.SubmitTransactionAsync(
                    [new(TableTransactionActionType.Add, ToRow(watch)), new(TableTransactionActionType.UpsertReplace, ToIssued(watch))],
                    cancellation);
            else
                await tables.Watches.AddEntityAsync(ToRow(watch), cancellation);
            return watch;
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            return await FindAsync(watch.Network, watch.InvoiceId, cancellation) ?? throw new BugException("a watch disappeared");
        }
    }

    public async Task<Watch?> FindAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Watches.GetEntityIfExistsAsync<TableEntity>(
            Partition(SpaceOf(network), invoiceId), Prefix + invoiceId, cancellationToken: cancellation);
        return row.HasValue ? ToWatch(row.Value!) : null;
    }

    /// <summary>Whether a forwarder of this recipient was ever given to an invoice of any merchant, on any network of the space.</summary>
    public async Task<bool> IsIssuedAsync(string network, string recipient, CancellationToken cancellation)
    {
        foreach (string partition in Partitions(SpaceOf(network)))
            if (await tables.Watches.FindAsync(partition, Key.Of(Issued, recipient), cancellation) is not null)
                return true;
        return false;
    }

    /// <summary>
    /// Returns the watches on all networks in this one's space whose invoices were created at or after an instant, or all
    /// watches for null.
    /// </summary>
    public async Task<List<Watch>> ReadSinceAsync(string network, DateTimeOffset? since, CancellationToken cancellation)
    {
        string from = Prefix + (since is null ? "" : "inv_" + Id.TimePrefix(since.Value));
        return await ReadAsync(network, TableClient.CreateQueryFilter($"RowKey ge {from} and RowKey lt {Key.After(Prefix)}"), cancellation);
    }

    /// <summary>Returns the watches on all networks in this one's space whose monitoring time is over.</summary>
    public Task<List<Watch>> ReadOverdueAsync(string network, DateTimeOffset now, CancellationToken cancellation) =>
        ReadAsync(
            network,
            TableClient.CreateQueryFilter($"RowKey ge {Prefix} and RowKey lt {Key.After(Prefix)} and MonitorUntil lt {now}"),
            cancellation);

    /// <summary>Returns the watches on a network whose price expired in <c>[after, upTo)</c>; reads those of a day more.</summary>
    public async Task<List<Watch>> ReadExpiredAsync(
        string network, DateTimeOffset after, DateTimeOffset upTo, CancellationToken cancellation)
    {
        string from = $"{Prefix}inv_{Id.TimePrefix(after - LongestExpiry)}", to = $"{Prefix}inv_{Id.TimePrefix(upTo)}";
        List<Watch> expired = await ReadAsync(
            network,
            TableClient.CreateQueryFilter($"RowKey ge {from} and RowKey lt {to} and ExpiresAt ge {after} and ExpiresAt lt {upTo}"),
            cancellation);
        expired.RemoveAll(watch => watch.Network != network);
        return expired;
    }

    private async Task<List<Watch>> ReadAsync(string network, string rows, CancellationToken cancellation)
    {
        List<Watch> watches = [];
        foreach (string partition in Partitions(SpaceOf(network)))
        {
            string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}") + " and " + rows;
            await foreach (TableEntity row in tables.Watches.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
                watches.Add(ToWatch(row));
        }
        // Nothing advances the invoices of a network that is no longer offered.
        watches.RemoveAll(watch => SpaceOf(watch.Network) != SpaceOf(network));
        return watches;
    }

    /// <summary>Marks that the invoice's orchestration runs and its creation was published. An unwatched invoice needs no mark.</summary>
    public async Task AcknowledgeAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        TableEntity acknowledged = new(Partition(SpaceOf(network), invoiceId), Prefix + invoiceId) { ["Acknowledged"] = true };
        try
        {
            await tables.Watches.UpdateEntityAsync(acknowledged, ETag.All, TableUpdateMode.Merge, cancellation);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // The invoice is no longer monitored and will not be started again.
        }
    }

    /// <summary>Removes the watch of an invoice that is no longer watched.</summary>
    public Task RemoveAsync(string network, string invoiceId, CancellationToken cancellation) =>
        tables.Watches.DeleteEntityAsync(
            Partition(SpaceOf(network), invoiceId), Prefix + invoiceId, ETag.All, cancellation);

    private string SpaceOf(string network) => networks.SpaceOf(network);

    private TableEntity ToRow(Watch watch) => new(Partition(SpaceOf(watch.Network), watch.InvoiceId), Prefix + watch.InvoiceId)
    {
        ["Network"] = watch.Network,
        ["SweepAt"] = watch.SweepAt,
        ["ExpiresAt"] = watch.ExpiresAt,
        ["MerchantId"] = watch.MerchantId,
        ["Address"] = watch.Address,
        ["Recipient"] = watch.Recipient,
        ["Required"] = watch.Required.ToString(),
        ["MonitorUntil"] = watch.MonitorUntil,
        ["Counter"] = watch.Counter,
        ["Index"] = watch.Index,
        ["Acknowledged"] = watch.Acknowledged,
    };

    private TableEntity ToIssued(Watch watch) =>
        new(Partition(SpaceOf(watch.Network), watch.InvoiceId), Key.Of(Issued, watch.Recipient));

    private static Watch ToWatch(TableEntity row) => new()
    {
        Network = row.GetString("Network"),
        SweepAt = row.GetDateTimeOffset("SweepAt"),
        ExpiresAt = row.GetDateTimeOffset("ExpiresAt"),
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
