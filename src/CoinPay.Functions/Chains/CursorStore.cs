using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Chains;

/// <summary>
/// How far a network was read: the last block whose transfers stand in views, the hashes below it, and what the head was.
/// One row a network, changed only under its tag, so that a poller that stalled cannot turn back one that went on.
/// </summary>
/// <param name="Height">The last block read.</param>
/// <param name="Hashes">Hashes of the last blocks read, the highest last.</param>
/// <param name="Head">The node's head at that time.</param>
/// <param name="CompletePollBeganAt">When the last poll began that read every block up to the head, and the mempool.</param>
internal sealed record Cursor(
    long Height, IReadOnlyList<string> Hashes, ChainHead Head, DateTimeOffset CompletePollBeganAt, ETag Tag)
{
    /// <summary>How many hashes are kept: the deepest reorg that is walked back block by block.</summary>
    public const int MaxHashes = 1_024;

    public string Hash => Hashes[^1];

    /// <summary>The hash read at a height, or null when it is too far back.</summary>
    public string? HashAt(long height)
    {
        long index = Hashes.Count - 1 - (Height - height);
        return index >= 0 && index < Hashes.Count ? Hashes[(int)index] : null;
    }

    /// <summary>What an invoice may know of the network by it.</summary>
    public ChainKnowledge Knowledge => new(Height, Head.Safe, Head.Finalized, CompletePollBeganAt);
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

    /// <summary>Stores the cursor and answers it with its new tag; throws 409 or 412 when another poller was here.</summary>
    public async Task<Cursor> SaveAsync(string network, Cursor cursor, CancellationToken cancellation)
    {
        TableEntity row = ToRow(network, cursor);
        Response saved = cursor.Tag == default
            ? await tables.Chains.AddEntityAsync(row, cancellation)
            : await tables.Chains.UpdateEntityAsync(row, cursor.Tag, TableUpdateMode.Replace, cancellation);
        return cursor with { Tag = saved.Headers.ETag!.Value };
    }

    private static TableEntity ToRow(string network, Cursor cursor) => new(Key.Of(network), RowKey)
    {
        ["Height"] = cursor.Height,
        ["Hashes"] = cursor.Hashes.SelectMany(hash => Convert.FromHexString(Digits(hash))).ToArray(),
        ["Prefixed"] = cursor.Hash.StartsWith("0x", StringComparison.Ordinal),
        ["HeadHeight"] = cursor.Head.Height,
        ["HeadHash"] = cursor.Head.Hash,
        ["HeadTime"] = cursor.Head.Time,
        ["Safe"] = cursor.Head.Safe,
        ["Finalized"] = cursor.Head.Finalized,
        ["CompletePollBeganAt"] = cursor.CompletePollBeganAt,
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
            row.ETag);
    }

    private static string Digits(string hash) => hash.StartsWith("0x", StringComparison.Ordinal) ? hash[2..] : hash;
}
