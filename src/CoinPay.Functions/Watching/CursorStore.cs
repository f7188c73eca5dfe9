using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Watching;

/// <summary>
/// How far a network was read: the last block whose transfers are in the views, the hashes below it, and the head at that time.
/// One row per network, replaced only if its ETag matches, so that a stalled poller cannot set back one that has moved on.
/// </summary>
/// <param name="Height">The last block read.</param>
/// <param name="Hashes">The hashes of the last blocks read, the highest block last.</param>
/// <param name="Head">The node's head at that time.</param>
/// <param name="CompletePollBeganAt">When the last poll that read every block up to the head, and the mempool, began.</param>
internal sealed record Cursor(
    long Height, IReadOnlyList<string> Hashes, ChainHead Head, DateTimeOffset CompletePollBeganAt, ETag Tag)
{
    /// <summary>The number of hashes kept, and so the depth of the deepest reorg that can be walked back block by block.</summary>
    public const int MaxHashes = 1_024;

    public string Hash => Hashes[^1];

    /// <summary>Returns the hash read at a height, or null if it is too far back.</summary>
    public string? HashAt(long height)
    {
        long index = Hashes.Count - 1 - (Height - height);
        return index >= 0 && index < Hashes.Count ? Hashes[(int)index] : null;
    }

    /// <summary>What an invoice can know about the network from this cursor.</summary>
    public ChainKnowledge Knowledge => new(Height, Head.Safe, Head.Finalized, CompletePollBeganAt, IsFinalityStalled);

    /// <summary>How often a poller has taken over the network: see <see cref="ViewFence"/>.</summary>
    public long Epoch { get; init; }

    /// <summary>Whether the finalized block was too far behind the head: see <see cref="Network.FinalityLag"/>.</summary>
    public bool IsFinalityStalled { get; init; }

    /// <summary>The last stored range of <see cref="ScannedRanges"/>; null if there is none.</summary>
    public ScannedRange? Scanned { get; init; }

    /// <summary>The range to store with this cursor instead; null if the stored one can stay.</summary>
    public ScannedRange? ScannedNow { get; init; }
}

internal sealed class CursorStore(Tables tables)
{
    private const string RowKey = "cursor";
    private const int HashBytes = 32;

    public async Task<Cursor?> FindAsync(string network, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Chains.GetEntityIfExistsAsync<TableEntity>(
            Key.Of(network), RowKey, cancellationToken: cancellation);
        return row.HasValue ? ToCursor(row.Value!) : null;
    }

    /// <summary>Makes the caller the only poller that can store the cursor; a cursor without an ETag is the network's first.</summary>
    public Task<Cursor> TakeOverAsync(string network, Cursor cursor, CancellationToken cancellation) =>
        SaveAsync(network, cursor with { Epoch = cursor.Epoch + 1 }, cancellation);

    /// <summary>
    /// Sets the cursor back to the end of a range and forgets the ranges above it; pollers then start from storage again. Throws 412
    /// if a poller has stored the cursor in the meantime.
    /// </summary>
    public async Task GoBackAsync(string network, Cursor cursor, ScannedRange end, CancellationToken cancellation)
    {
        ScannedRanges ranges = new(tables);
        List<TableTransactionAction> above =
            [.. (await ranges.ReadAsync(network, cancellation)).Where(range => range.From > end.To).Select(range => ScannedRanges.Delete(network, range))];
        // Only what one transaction holds is certain to go together with the cursor: the rest goes first, and the command can be repeated.
        foreach (TableTransactionAction[] batch in above.SkipLast(TableCalls.MaxBatchRows - 1).Chunk(TableCalls.MaxBatchRows))
            await tables.Chains.SubmitTransactionAsync(batch, cancellation);
        Cursor back = cursor with { Height = end.To, Hashes = [end.EndHash], Scanned = end };
        await tables.Chains.SubmitTransactionAsync(
            [new(TableTransactionActionType.UpdateReplace, ToRow(network, back), cursor.Tag), .. above.TakeLast(TableCalls.MaxBatchRows - 1)],
            cancellation);
    }

    /// <summary>Stores the cursor and returns it with its new ETag. Throws 409 or 412 if another poller has written it.</summary>
    public async Task<Cursor> SaveAsync(string network, Cursor cursor, CancellationToken cancellation)
    {
        if (cursor.ScannedNow is { } scanned)
            return await SaveAsync(network, cursor, scanned, cancellation);
        TableEntity row = ToRow(network, cursor);
        Response saved = cursor.Tag == default
            ? await tables.Chains.AddEntityAsync(row, cancellation)
            : await tables.Chains.UpdateEntityAsync(row, cursor.Tag, TableUpdateMode.Replace, cancellation);
        return cursor with { Tag = saved.Headers.ETag!.Value };
    }

    /// <summary>Stores the cursor and the range that ends at it in one transaction.</summary>
    private async Task<Cursor> SaveAsync(
        string network, Cursor cursor, ScannedRange scanned, CancellationToken cancellation)
    {
        ScannedRanges ranges = new(tables);
        (ScannedRange kept, List<TableTransactionAction> actions) =
            await ranges.ChangeAsync(network, cursor, scanned, cancellation);
        Cursor stored = cursor with { Scanned = kept, ScannedNow = null };
        TableEntity row = ToRow(network, stored);
        actions.Insert(0, cursor.Tag == default
            ? new(TableTransactionActionType.Add, row)
            : new(TableTransactionActionType.UpdateReplace, row, cursor.Tag));
        Response<IReadOnlyList<Response>> saved = await tables.Chains.SubmitTransactionAsync(actions, cancellation);
        return stored with { Tag = saved.Value[0].Headers.ETag!.Value };
    }

    private static TableEntity ToRow(string network, Cursor cursor) => new(Key.Of(network), RowKey)
    {
        ["Epoch"] = cursor.Epoch,
        ["Height"] = cursor.Height,
        ["Hashes"] = cursor.Hashes.SelectMany(hash => Convert.FromHexString(Digits(hash))).ToArray(),
        ["Prefixed"] = cursor.Hash.StartsWith("0x", StringComparison.Ordinal),
        ["HeadHeight"] = cursor.Head.Height,
        ["HeadHash"] = cursor.Head.Hash,
        ["HeadTime"] = cursor.Head.Time,
        ["Safe"] = cursor.Head.Safe,
        ["Finalized"] = cursor.Head.Finalized,
        ["CompletePollBeganAt"] = cursor.CompletePollBeganAt,
        ["IsFinalityStalled"] = cursor.IsFinalityStalled,
        ["ScannedFrom"] = cursor.Scanned?.From,
        ["ScannedTo"] = cursor.Scanned?.To,
        ["ScannedHash"] = cursor.Scanned?.EndHash,
        ["ScannedAt"] = cursor.Scanned?.At,
    };

    private static Cursor ToCursor(TableEntity row)
    {
        string prefix = row.GetBoolean("Prefixed") == true ? "0x" : "";
        return new(
            row.GetInt64("Height")!.Value,
            row.GetBinary("Hashes").Chunk(HashBytes).Select(hash => prefix + Convert.ToHexStringLower(hash)).ToList(),
            new(
                row.GetInt64("HeadHeight")!.Value,
                row.GetString("HeadHash"),
                row.GetDateTimeOffset("HeadTime")!.Value,
                row.GetInt64("Safe"),
                row.GetInt64("Finalized")),
            row.GetDateTimeOffset("CompletePollBeganAt")!.Value,
            row.ETag)
        {
            Epoch = row.GetInt64("Epoch") ?? 0,
            IsFinalityStalled = row.GetBoolean("IsFinalityStalled") ?? false,
            Scanned = row.GetInt64("ScannedFrom") is { } from
                ? new(from, row.GetInt64("ScannedTo")!.Value, row.GetString("ScannedHash"), row.GetDateTimeOffset("ScannedAt")!.Value)
                : null,
        };
    }

    private static string Digits(string hash) => hash.StartsWith("0x", StringComparison.Ordinal) ? hash[2..] : hash;
}
