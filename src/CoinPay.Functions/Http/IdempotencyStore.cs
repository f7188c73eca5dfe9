using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Http;

/// <summary>
/// One row per <see cref="IdempotencyKey"/>, inserted before anything is done, with the body's hash and the chosen id, so
/// that a request repeated after a crash creates the same object, once. After <see cref="Kept"/> a key can be reused.
/// </summary>
internal sealed class IdempotencyStore(Tables tables, TimeProvider clock)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(1);

    private const int MaxErased = 20_000;
    private const int AtOnce = 16;

    /// <summary>Claims a key for a body, and chooses the id to use unless an earlier request has chosen one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="body">The body, a JSON object. A body with a different meaning under the same key is refused.</param>
    /// <param name="newId">The id of the object to create, unless an earlier request chose one.</param>
    /// <param name="lease">A request without an answer after this time counts as dead; the next one repeats it with the same id.</param>
    /// <param name="cancellation">Cancels before the claim.</param>
    public async Task<IdempotencyClaim> ClaimAsync(
        IdempotencyKey key, ReadOnlyMemory<byte> body, string newId, TimeSpan lease, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row["BodyHash"] = CanonicalJson.Hash(body);
        row["ResourceId"] = newId;
        row["LeasedUntil"] = clock.GetUtcNow() + lease;
        row["CreatedAt"] = clock.GetUtcNow();
        return await tables.Idempotency.TryAddTaggedAsync(row, cancellation) is { } tag
            ? new Granted(newId, IsFirst: true, tag)
            : await ClaimAgainAsync(row, lease, cancellation);
    }

    /// <summary>Returns the id claimed by a key with this body, or null if there is no claim or it has a different body.</summary>
    public async Task<string?> FindAsync(IdempotencyKey key, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        TableEntity wanted = key.Row();
        TableEntity? row = await tables.Idempotency.FindAsync(wanted.PartitionKey, wanted.RowKey, cancellation);
        return row?.GetString("BodyHash") == CanonicalJson.Hash(body) ? row.GetString("ResourceId") : null;
    }

    /// <summary>
    /// Replaces the id of a claim whose request died long ago without creating anything: ids contain a time, and an object
    /// created with an old id would look old. Returns false if another request was faster.
    /// </summary>
    public Task<bool> RenewAsync(IdempotencyKey key, Granted claim, string newId, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row["ResourceId"] = newId;
        return tables.Idempotency.TryMergeAsync(row, claim.Tag, cancellation);
    }

    /// <summary>Stores the answer with the claim. Returns false if another request has taken over the claim in the meantime.</summary>
    public Task<bool> AnswerAsync(IdempotencyKey key, Granted claim, int status, byte[] sealedAnswer, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row["Status"] = status;
        row.SetLong("Answer", sealedAnswer);
        return tables.Idempotency.TryMergeAsync(row, claim.Tag, cancellation);
    }

    /// <summary>Releases the claim of a refused request: nothing was done, so nothing is stored and the key can be reused.</summary>
    public Task ReleaseAsync(IdempotencyKey key, Granted claim, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row.ETag = claim.Tag;
        return tables.Idempotency.TryDeleteAsync(row, cancellation);
    }

    /// <summary>Deletes expired rows, at most <see cref="MaxErased"/>, and returns the number deleted.</summary>
    public async Task<int> EraseOldAsync(CancellationToken cancellation)
    {
        DateTimeOffset old = clock.GetUtcNow() - Kept;
        string filter = TableClient.CreateQueryFilter($"CreatedAt lt {old}");
        int erased = 0;
        await foreach (Page<TableEntity> page in tables.Idempotency.RowsAsync(filter, cancellation).AsPages())
        {
            await Parallel.ForEachAsync(
                page.Values,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (row, token) => await tables.Idempotency.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, token));
            erased += page.Values.Count;
            if (erased >= MaxErased)
                break;
        }
        return erased;
    }

    private async Task<IdempotencyClaim> ClaimAgainAsync(TableEntity mine, TimeSpan lease, CancellationToken cancellation)
    {
        TableEntity? row = await tables.Idempotency.FindAsync(mine.PartitionKey, mine.RowKey, cancellation);
        if (row is null)
            return new InFlight(mine.GetString("ResourceId"), Shortly);
        DateTimeOffset now = clock.GetUtcNow();
        string resourceId = row.GetString("ResourceId");
        if (row.GetDateTimeOffset("CreatedAt") + Kept <= now)
            return await TakeOverAsync(mine, row.ETag, isFirst: true, cancellation);
        if (row.GetString("BodyHash") != mine.GetString("BodyHash"))
            return new Reused(resourceId);
        if (row.FindLongBinary("Answer") is { } answer)
            return new Answered(resourceId, row.GetInt32("Status")!.Value, answer);
        TimeSpan left = row.GetDateTimeOffset("LeasedUntil")!.Value - now;
        if (left > TimeSpan.Zero)
            return new InFlight(resourceId, left);
        row["LeasedUntil"] = now + lease;
        return await TakeOverAsync(row, row.ETag, isFirst: false, cancellation);
    }

    private async Task<IdempotencyClaim> TakeOverAsync(TableEntity row, ETag tag, bool isFirst, CancellationToken cancellation)
    {
        string resourceId = row.GetString("ResourceId");
        return await tables.Idempotency.TryReplaceTaggedAsync(row, tag, cancellation) is { } taken
            ? new Granted(resourceId, isFirst, taken)
            : new InFlight(resourceId, Shortly);
    }
}
