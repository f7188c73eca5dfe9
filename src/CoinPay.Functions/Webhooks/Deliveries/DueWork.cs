using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Keeps a pointer in <c>Index</c> (partition <c>due!bucket</c>) for each unfinished delivery and replay, keyed by the
/// text of its message, so that the sweeper finds overdue work without reading sixty days of deliveries.
/// </summary>
internal sealed class DueWork(Tables tables)
{
    /// <summary>At 500 invoices per second with a few events each, a single partition would get too many writes.</summary>
    private const int Buckets = 16;

    /// <summary>Adds a pointer to new work; an existing pointer stays unchanged.</summary>
    public Task AddAsync(string message, DateTimeOffset dueAt, CancellationToken cancellation) =>
        tables.Index.TryAddAsync(Pointer(message, dueAt), cancellation);

    /// <summary>Sets when the sweeper should look at the work if nothing happens until then.</summary>
    public Task PointAsync(string message, DateTimeOffset dueAt, CancellationToken cancellation) =>
        tables.Index.UpsertEntityAsync(Pointer(message, dueAt), TableUpdateMode.Replace, cancellation);

    /// <summary>Removes the pointer to finished work.</summary>
    public Task ForgetAsync(string message, CancellationToken cancellation) =>
        tables.Index.DeleteEntityAsync(Partition(message), message, ETag.All, cancellation);

    /// <summary>Returns the messages of work that was due before an instant.</summary>
    public async IAsyncEnumerable<string> DueBeforeAsync(
        DateTimeOffset instant, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // One request for all buckets, because they are mostly empty and this runs every minute.
        (string first, string end) = (Partition(0), Key.After(Partition(Buckets - 1)));
        string filter = TableClient.CreateQueryFilter($"PartitionKey ge {first} and PartitionKey lt {end} and DueAt lt {instant}");
        await foreach (TableEntity row in tables.Index.RowsAsync(filter, cancellation))
            yield return row.RowKey;
    }

    private static TableEntity Pointer(string message, DateTimeOffset dueAt) =>
        new(Partition(message), message) { ["DueAt"] = dueAt };

    // The last character of an id is random.
    private static string Partition(string message) => Partition(message[^1] % Buckets);

    private static string Partition(int bucket) =>
        Key.Of("due", bucket.ToString("00", CultureInfo.InvariantCulture));
}
