using Azure.Data.Tables;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Delivery rows, and beside each unfinished one a pointer in <c>Index</c> (partition <c>due!bucket</c>), so that the
/// sweeper finds what is due without reading sixty days of deliveries.
/// </summary>
internal sealed class DeliveryStore(Tables tables)
{
    /// <summary>At 500 invoices a second and a few events each, one partition would take too many writes.</summary>
    private const int Buckets = 16;

    /// <summary>Inserts row and pointer; both or either may stand already.</summary>
    public async Task AddAsync(Delivery delivery, CancellationToken cancellation) => await Task.WhenAll(
        tables.Index.TryAddAsync(Pointer(delivery.Address, delivery.NextAttemptAt), cancellation),
        tables.Deliveries.TryAddAsync(delivery.ToRow(), cancellation));

    public async Task<Delivery?> FindAsync(DeliveryAddress address, CancellationToken cancellation) =>
        await tables.Deliveries.FindAsync(address.Partition, address.EventId, cancellation) is { } row
            ? Delivery.FromRow(address, row)
            : null;

    /// <summary>False when somebody else has written in between: then their word counts.</summary>
    public Task<bool> TryReplaceAsync(Delivery delivery, CancellationToken cancellation) =>
        tables.Deliveries.TryReplaceAsync(delivery.ToRow(), delivery.Tag, cancellation);

    /// <summary>Says when the sweeper should look at it, should nothing happen until then.</summary>
    public Task PointAsync(DeliveryAddress address, DateTimeOffset dueAt, CancellationToken cancellation) =>
        tables.Index.UpsertEntityAsync(Pointer(address, dueAt), TableUpdateMode.Replace, cancellation);

    /// <summary>Nothing is left to do for it.</summary>
    public Task ForgetPointerAsync(DeliveryAddress address, CancellationToken cancellation) =>
        tables.Index.DeleteEntityAsync(Partition(address), address.ToString(), Azure.ETag.All, cancellation);

    /// <summary>Unfinished deliveries that were due before an instant.</summary>
    public async IAsyncEnumerable<DeliveryAddress> DueBeforeAsync(
        DateTimeOffset instant, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (int bucket = 0; bucket < Buckets; bucket++)
        {
            string partition = Partition(bucket);
            string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and DueAt lt {instant}");
            await foreach (TableEntity row in tables.Index.RowsAsync(filter, cancellation))
                if (DeliveryAddress.Parse(row.RowKey) is { } address)
                    yield return address;
        }
    }

    private static TableEntity Pointer(DeliveryAddress address, DateTimeOffset dueAt) =>
        new(Partition(address), address.ToString()) { ["DueAt"] = dueAt };

    // The last character of an id is random.
    private static string Partition(DeliveryAddress address) => Partition(address.EventId[^1] % Buckets);

    private static string Partition(int bucket) =>
        Key.Of("due", bucket.ToString("00", System.Globalization.CultureInfo.InvariantCulture));
}
