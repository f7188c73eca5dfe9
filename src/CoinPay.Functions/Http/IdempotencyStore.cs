using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Http;

/// <summary>
/// One row an <see cref="IdempotencyKey"/>, inserted before anything is done: which body it stands for, and which id was chosen, so
/// that a request repeated after a crash makes the same thing, once. After <see cref="Kept"/> a key is free again.
/// </summary>
internal sealed class IdempotencyStore(Tables tables, TimeProvider clock)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(1);

    private const int MaxErased = 20_000;
    private const int AtOnce = 16;

    /// <summary>Claims a key for a body, with the id to use if nobody did before.</summary>
    /// <param name="key">The key.</param>
    /// <param name="body">The body, a JSON object: one with another meaning under the same key is refused.</param>
    /// <param name="newId">For what is made, if nobody chose one before.</param>
    /// <param name="lease">A request that has not answered by then is taken for dead; its successor does the same on the same id.</param>
    /// <param name="cancellation">Before the claim.</param>
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

    /// <summary>The id that a key stands for with this body; null when it stands for none, or for another body.</summary>
    public async Task<string?> FindAsync(IdempotencyKey key, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        TableEntity wanted = key.Row();
        TableEntity? row = await tables.Idempotency.FindAsync(wanted.PartitionKey, wanted.RowKey, cancellation);
        return row?.GetString("BodyHash") == CanonicalJson.Hash(body) ? row.GetString("ResourceId") : null;
    }

    /// <summary>
    /// Puts a new id under a claim whose request died long ago without making anything: ids tell the time, and what is
    /// made under an old one would be taken for old. False when another request was faster.
    /// </summary>
    public Task<bool> RenewAsync(IdempotencyKey key, Granted claim, string newId, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row["ResourceId"] = newId;
        return tables.Idempotency.TryMergeAsync(row, claim.Tag, cancellation);
    }

    /// <summary>Keeps the answer with the claim; false when another request has taken it over meanwhile.</summary>
    public Task<bool> AnswerAsync(IdempotencyKey key, Granted claim, int status, byte[] sealedAnswer, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row["Status"] = status;
        row["Answer"] = sealedAnswer;
        return tables.Idempotency.TryMergeAsync(row, claim.Tag, cancellation);
    }

    /// <summary>What was refused was not done: nothing is kept, and the key is free again.</summary>
    public Task ReleaseAsync(IdempotencyKey key, Granted claim, CancellationToken cancellation)
    {
        TableEntity row = key.Row();
        row.ETag = claim.Tag;
        return tables.Idempotency.TryDeleteAsync(row, cancellation);
    }

    /// <summary>Deletes rows that have been kept long enough, at most <see cref="MaxErased"/>; tells how many.</summary>
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
        if (row.GetBinary("Answer") is { } answer)
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
