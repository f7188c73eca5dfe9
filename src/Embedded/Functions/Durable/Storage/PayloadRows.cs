using System.Runtime.CompilerServices;
using Azure.Data.Tables;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// Rows whose long texts stand in blobs named <c>&lt;instance&gt;/&lt;guid&gt;</c>: put before the transaction that refers to them, never
/// changed, removed with the instance. What a crash between the two leaves is removed with it too.
/// </summary>
internal sealed class PayloadRows(IRowStore rows, IPayloadStore payloads)
{
    private const int MaxAtOnce = 8;

    /// <summary>Where a text stands already, so that an event's goes from inbox to history without another blob. Only what a row refers to.</summary>
    private readonly ConditionalWeakTable<string, Place> _stored = [];

    private sealed record Place(string Partition, string Name);

    public async Task<IReadOnlyList<string>> SubmitAsync(
        string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation)
    {
        Dictionary<string, Place> put = new(ReferenceEqualityComparer.Instance);
        foreach (TableTransactionAction change in changes)
            await PutTextsAsync((TableEntity)change.Entity, put, cancellation);
        IReadOnlyList<string> tags = await rows.SubmitAsync(table, changes, cancellation);
        foreach ((string text, Place at) in put)
            _stored.AddOrUpdate(text, at);
        return tags;
    }

    /// <summary>The names of those of these texts that stand in blobs of the instance.</summary>
    public IEnumerable<string> NamesOf(string partition, IEnumerable<string?> texts) => texts
        .Select(text => text is not null && _stored.TryGetValue(text, out Place? at) && at.Partition == partition ? at.Name : null)
        .OfType<string>();

    /// <summary>Puts the texts in the place of their references, which rows that were just read have.</summary>
    public Task ReadTextsAsync(IEnumerable<TableEntity> read, CancellationToken cancellation) => EachAsync(
        [.. read.Where(row => RowText.InBlobs(row).Any())],
        cancellation,
        async (row, token) =>
        {
            foreach (string property in RowText.InBlobs(row))
            {
                string name = row.GetString(property);
                string text = await payloads.GetAsync(name, token);
                _stored.AddOrUpdate(text, new(row.PartitionKey, name));
                row[property] = text;
            }
        });

    /// <summary>The names of all texts of an instance, orphans of crashed commits among them.</summary>
    public Task<IReadOnlyList<string>> ListTextsAsync(string partition, CancellationToken cancellation) =>
        payloads.ListAsync(Folder(partition), cancellation);

    public Task DeleteTextsAsync(IEnumerable<string> names, CancellationToken cancellation) => EachAsync(
        [.. names],
        cancellation,
        async (name, token) => await payloads.DeleteAsync(name, token));

    /// <summary>Nearly always there is none, and then nothing leaves the caller's thread.</summary>
    private static Task EachAsync<T>(IReadOnlyList<T> all, CancellationToken cancellation, Func<T, CancellationToken, ValueTask> each) =>
        all.Count == 0
            ? Task.CompletedTask
            : Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation }, each);

    private async Task PutTextsAsync(TableEntity row, Dictionary<string, Place> put, CancellationToken cancellation)
    {
        foreach (string property in RowText.InBlobs(row))
        {
            string text = row.GetString(property);
            if (!put.TryGetValue(text, out Place? at) && (!_stored.TryGetValue(text, out at) || at.Partition != row.PartitionKey))
            {
                at = new(row.PartitionKey, Folder(row.PartitionKey) + Guid.NewGuid().ToString("N"));
                await payloads.PutAsync(at.Name, text, cancellation);
                put.Add(text, at);
            }
            row[property] = at.Name;
        }
    }

    /// <summary>A path must not have a segment that ends in a dot: an address would lose it. No partition has <c>~002e</c> from elsewhere.</summary>
    private static string Folder(string partition) =>
        (partition.EndsWith('.') ? partition[..^1] + "~002e" : partition) + "/";
}
