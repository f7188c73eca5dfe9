using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Stores deliveries: the partition is <c>merchant!endpoint</c>, the row the event's id, so they sort by time.</summary>
internal sealed class DeliveryStore(Tables tables)
{
    /// <summary>Returns false if the row already exists.</summary>
    public Task<bool> TryAddAsync(Delivery delivery, CancellationToken cancellation) =>
        tables.Deliveries.TryAddAsync(delivery.ToRow(), cancellation);

    public async Task<Delivery?> FindAsync(DeliveryAddress address, CancellationToken cancellation) =>
        await tables.Deliveries.FindAsync(address.Partition, address.EventId, cancellation) is { } row
            ? Delivery.FromRow(address, row)
            : null;

    /// <summary>Returns false if another process has written in between; its row stays.</summary>
    public Task<bool> TryReplaceAsync(Delivery delivery, CancellationToken cancellation) =>
        tables.Deliveries.TryReplaceAsync(delivery.ToRow(), delivery.Tag, cancellation);

    /// <summary>
    /// Returns true if the endpoint has returned 2xx for any event since an instant. Reads its whole partition: only for the
    /// rare case that an endpoint is about to be disabled, when the endpoint's row may be a few seconds out of date.
    /// </summary>
    public async Task<bool> HasSuccessSinceAsync(
        string merchantId, string endpointId, DateTimeOffset instant, CancellationToken cancellation)
    {
        string partition = Key.Of(merchantId, endpointId);
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and DeliveredAt ge {instant}");
        await foreach (TableEntity _ in tables.Deliveries.RowsAsync(filter, cancellation, pageSize: 1))
            return true;
        return false;
    }

    /// <summary>
    /// Returns the events in a range (inclusive) that an endpoint has not received: failed so far, given up or cancelled.
    /// </summary>
    public async Task<IReadOnlyList<string>> FailedAsync(
        string merchantId, string endpointId, (string Oldest, string Newest) events, CancellationToken cancellation)
    {
        string partition = Key.Of(merchantId, endpointId);
        (string pending, string delivered) = (WireName.Of(DeliveryStatus.Pending), WireName.Of(DeliveryStatus.Delivered));
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {partition} and RowKey ge {events.Oldest} and RowKey le {events.Newest} and Status ne {delivered} and (Status ne {pending} or Attempts gt {0})");
        List<string> failed = [];
        await foreach (TableEntity row in tables.Deliveries.RowsAsync(filter, cancellation))
            failed.Add(row.RowKey);
        return failed;
    }
}
