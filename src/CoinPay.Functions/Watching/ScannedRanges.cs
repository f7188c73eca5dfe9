using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Watching;

/// <summary>Blocks that were read one after the other, each the parent of the next, ending with this one.</summary>
internal sealed record ScannedRange(long From, long To, string EndHash, DateTimeOffset At)
{
    /// <summary>A range that has this many blocks is left as it is, and the next one begins.</summary>
    private const int MaxBlocks = Cursor.MaxHashes;

    /// <summary>A catch-up reads many blocks a minute: an end that the cursor has forgotten could not be checked any more.</summary>
    private const int MaxUnstored = Cursor.MaxHashes / 2;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The range to store with a cursor: when it found something, once a minute, and at once when a reorg took away what
    /// is stored. Null when what is stored will do.
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

    /// <summary>Whether its end is a block of the chain that the cursor follows, as far back as the cursor remembers.</summary>
    public bool IsOn(Cursor cursor) =>
        To <= cursor.Height && (cursor.HashAt(To) is not { } hash || hash == EndHash);
}

/// <summary>
/// Which blocks of a network were read: rows <c>scanned!from</c> beside its cursor, without gap or overlap, each proved
/// by the hash it ends with. They are written in the cursor's own transaction.
/// </summary>
internal sealed class ScannedRanges(Tables tables)
{
    private const string Prefix = "scanned!";

    /// <summary>All ranges, ascending.</summary>
    public async Task<List<ScannedRange>> ReadAsync(string network, CancellationToken cancellation)
    {
        List<ScannedRange> ranges = [];
        await foreach (TableEntity row in tables.Chains.RangeAsync(Key.Of(network), Prefix, cancellation))
            ranges.Add(ToRange(row));
        return ranges;
    }

    /// <summary>Blocks between the first and the last that were read in which nothing was read; none is as it should be.</summary>
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
    /// The rows to change so that <paramref name="now"/> is the last range, and what it then is: after a reorg it begins
    /// where the first range did that ended in an orphaned block, and takes the place of all from there on.
    /// </summary>
    public async Task<(ScannedRange Last, List<TableTransactionAction> Actions)> ChangeAsync(
        string network, Cursor cursor, ScannedRange now, CancellationToken cancellation)
    {
        if (cursor.Scanned is null || cursor.Scanned.IsOn(cursor))
            return (now, [Upsert(network, now)]);
        List<ScannedRange> orphaned = (await ReadFromAsync(network, cursor, cancellation))
            .SkipWhile(range => range.IsOn(cursor))
            .ToList();
        ScannedRange last = now with { From = orphaned[0].From };
        Assert.That(last.From <= last.To);
        return (last, [Upsert(network, last), .. orphaned.Skip(1).Select(range => Delete(network, range))]);
    }

    /// <summary>The ranges that a reorg within what the cursor remembers can have touched: those are long, so they are few.</summary>
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

    private static TableTransactionAction Delete(string network, ScannedRange range) =>
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
