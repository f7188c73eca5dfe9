using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Lets one poller at a time write a network's views. A poller that was paused may believe that it still is the one, so every batch
/// also replaces the row <c>poller!network</c> of its partition, if that row is still as this poller left it. Whoever takes over
/// changes the cursor and these rows first (<see cref="CursorStore.TakeOverAsync"/>, <see cref="TakeOverAsync"/>) and reads after
/// that: what the other wrote before is in what it reads, and what the other writes later is refused.
/// The row also says what was being stored, because a crash can come between the views and the cursor.
/// </summary>
internal sealed class ViewFence
{
    private readonly TableClient _watches;
    private readonly string _rowKey;
    private readonly long _epoch;
    private readonly Dictionary<string, ETag> _tags = new(StringComparer.Ordinal);
    private (long From, long Height, string? Hash) _storing;

    private ViewFence(TableClient watches, string network, long epoch) =>
        (_watches, _rowKey, _epoch) = (watches, Key.Of("poller", network), epoch);

    /// <summary>
    /// The height above which the views may show more, or other blocks, than the cursor has read, because an earlier poll ended
    /// before it stored the cursor; null if none did.
    /// </summary>
    public long? DoubtedFrom { get; private set; }

    /// <summary>Shuts out every other poller of the network. Throws 412 if another one has taken over since the cursor was taken.</summary>
    public static async Task<ViewFence> TakeOverAsync(
        TableClient watches, string network, IEnumerable<string> partitions, Cursor cursor, CancellationToken cancellation)
    {
        ViewFence fence = new(watches, network, cursor.Epoch);
        foreach (string partition in partitions)
            await fence.TakePartitionAsync(partition, cursor, cancellation);
        return fence;
    }

    /// <summary>Announces what is about to be stored.</summary>
    /// <param name="from">The height above which blocks were read.</param>
    /// <param name="cursor">The cursor that follows the views.</param>
    public void Announce(long from, Cursor cursor) => _storing = (from, cursor.Height, cursor.Hash);

    /// <summary>
    /// Changes rows of one partition, in one transaction unless they are very many. Throws 412 if another poller has taken over, and
    /// 404 if a row to be deleted does not exist.
    /// </summary>
    public async Task CommitAsync(IEnumerable<TableTransactionAction> actions, CancellationToken cancellation)
    {
        foreach (TableTransactionAction[] batch in actions.Chunk(TableCalls.MaxBatchRows - 1))
        {
            string partition = batch[0].Entity.PartitionKey;
            Response<IReadOnlyList<Response>> done = await _watches.SubmitTransactionAsync(
                [new(TableTransactionActionType.UpdateReplace, Row(partition, _storing), _tags[partition]), .. batch], cancellation);
            _tags[partition] = done.Value[0].Headers.ETag!.Value;
        }
    }

    private async Task TakePartitionAsync(string partition, Cursor cursor, CancellationToken cancellation)
    {
        TableEntity? before = await _watches.FindAsync(partition, _rowKey, cancellation);
        if (before?.GetInt64("Epoch") > _epoch)
            throw new RequestFailedException(412, $"another poller has taken over {_rowKey}");
        if (before is not { ETag: var tag })
        {
            _tags[partition] = (await _watches.AddEntityAsync(Row(partition, default), cancellation)).Headers.ETag!.Value;
            return;
        }
        (long From, long Height, string? Hash) stored =
            (before.GetInt64("From")!.Value, before.GetInt64("Height")!.Value, before.GetString("Hash"));
        Response taken = await _watches.UpdateEntityAsync(Row(partition, stored), tag, TableUpdateMode.Replace, cancellation);
        _tags[partition] = taken.Headers.ETag!.Value;
        if (!IsStored(cursor, stored.Height, stored.Hash))
            DoubtedFrom = Math.Min(DoubtedFrom ?? stored.From, stored.From);
    }

    /// <summary>Whether the cursor that follows the views was stored, or the stored one has moved on from there.</summary>
    private static bool IsStored(Cursor cursor, long height, string? hash) =>
        hash is null || (cursor.HashAt(height) is { } read ? read == hash : height < cursor.Height);

    private TableEntity Row(string partition, (long From, long Height, string? Hash) storing) => new(partition, _rowKey)
    {
        ["Epoch"] = _epoch,
        ["From"] = storing.From,
        ["Height"] = storing.Height,
        ["Hash"] = storing.Hash,
    };
}
