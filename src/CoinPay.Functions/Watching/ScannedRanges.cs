using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Watching;

/// <summary>A range of blocks read in sequence, each the parent of the next, with the last block's hash.</summary>
internal sealed record ScannedRange(long From, long To, string EndHash, DateTimeOffset At)
{
    /// <summary>A range with this many blocks is complete, and the next one begins.</summary>
    private const int MaxBlocks = Cursor.MaxHashes;

    /// <summary>A limit for catch-ups, which read many blocks a minute: the cursor must still have the hash of the stored end.</summary>
    private const int MaxUnstored = Cursor.MaxHashes / 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Returns the range to store with a cursor: if the poll found something, once a minute, and at once if a reorg orphaned
    /// the stored range's end. Returns null if the stored range can stay.
    /// </summary>
    public static ScannedRange? Due(Cursor cursor, bool isMatch, DateTimeOffset now)
    {
        if (cursor.Scanned is not { } last)
        {
            // The oldest hash is the parent of the first block read.
            long first = cursor.Height - cursor.Hashes.Count + 2;
            return cursor.Hashes.Count > 1 ? new(first, cursor.Height, cursor.Hash, now) : null;
        }
        bool isLate = now - last.At >= Interval || cursor.Height - last.To >= MaxUnstored;
        bool isDue = !last.IsOn(cursor) || (cursor.Height > last.To && (isMatch || isLate));
        bool isFull = last.IsOn(cursor) && last.To - last.From + 1 >= MaxBlocks;
        return isDue ? new(isFull ? last.To + 1 : last.From, cursor.Height, cursor.Hash, now) : null;
    }

    /// <summary>Whether the range ends in the chain that the cursor follows, as far back as the cursor's hashes go.</summary>
    public bool IsOn(Cursor cursor) =>
        To <= cursor.Height && (cursor.HashAt(To) is not { } hash || hash == EndHash);
}

/// <summary>
/// Records which blocks of a network were read: rows <c>scanned!from</c> next to its cursor, without gaps or overlaps, each
/// proved by its last hash. They are written in the cursor's own transaction.
/// </summary>
internal sealed class ScannedRanges(Tables tables)
{
    private const string Prefix = "scanned!";

    /// <summary>Returns all ranges, ascending.</summary>
    public async Task<List<ScannedRange>> ReadAsync(string network, CancellationToken cancellation)
    {
        List<ScannedRange> ranges = [];
        await foreach (TableEntity row in tables.Chains.RangeAsync(Key.Of(network), Prefix, cancellation))
            ranges.Add(ToRange(row));
        return ranges;
    }

    /// <summary>Returns the unread blocks between the first and the last block read; there should be none.</summary>
    public async Task<IReadOnlyList<(long From, long To)>> FindGapsAsync(string network, CancellationToken cancellation)
    {
        List<ScannedRange> ranges = await ReadAsync(network, cancellation);
        return
        [
            .. ranges.Zip(ranges.Skip(1))
                .Where(pair => pair.Second.From > pair.First.To + 1)
                .Select(pair => (pair.First.To + 1, pair.Second.From - 1)),
        ];
    }

    /// <summary>
    /// Returns the row changes that make <paramref name="now"/> the last range, and the resulting range: after a reorg it
    /// begins at the start of the first range that ended in an orphaned block, and replaces all ranges from there on.
    /// </summary>
    public async Task<(ScannedRange Last, List<TableTransactionAction> Actions)> ChangeAsync(
        string network, Cursor cursor, ScannedRange now, CancellationToken cancellation)
    {
        if (cursor.Scanned is null || cursor.Scanned.IsOn(cursor))
            return (now, [Upsert(network, now)]);
        List<ScannedRange> orphaned = (await ReadFromAsync(network, cursor, cancellation))
            .SkipWhile(range => range.IsOn(cursor))
            .ToList();
        // Without any, another poller has replaced them, and has stored another cursor: this transaction fails.
        ScannedRange last = orphaned.Count == 0 ? now : now with { From = orphaned[0].From };
        Assert.That(last.From <= last.To);
        return (last, [Upsert(network, last), .. orphaned.Skip(1).Select(range => Delete(network, range))]);
    }

    /// <summary>Reads the ranges that a reorg within the cursor's hashes can affect; ranges are long, so these are few.</summary>
    private async Task<List<ScannedRange>> ReadFromAsync(string network, Cursor cursor, CancellationToken cancellation)
    {
        const int longest = 4 * Cursor.MaxHashes;
        string first = RowKey(Math.Max(0, cursor.Height - longest));
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {Key.Of(network)} and RowKey ge {first} and RowKey lt {Key.After(Prefix)}");
        List<ScannedRange> ranges = [];
        await foreach (TableEntity row in tables.Chains.RowsAsync(filter, cancellation))
            ranges.Add(ToRange(row));
        return ranges;
    }

    private static string RowKey(long from) => $"{Prefix}{from:D12}";

    public static TableTransactionAction Delete(string network, ScannedRange range) =>
        new(TableTransactionActionType.Delete, new TableEntity(Key.Of(network), RowKey(range.From)), Azure.ETag.All);

    private static TableTransactionAction Upsert(string network, ScannedRange range) => new(
        TableTransactionActionType.UpsertReplace,
        new TableEntity(Key.Of(network), RowKey(range.From))
        {
            ["To"] = range.To,
            ["EndHash"] = range.EndHash,
            ["At"] = range.At,
        });

    private static ScannedRange ToRange(TableEntity row) => new(
        long.Parse(row.RowKey.AsSpan(Prefix.Length)),
        row.GetInt64("To")!.Value,
        row.GetString("EndHash"),
        row.GetDateTimeOffset("At")!.Value);
}
