using CoinPay.Core;

namespace CoinPay.Functions.Chains;

/// <summary>What one poll has found and not stored yet, over what the memory holds.</summary>
internal sealed class Scan(Cursor cursor, PollerMemory memory)
{
    private readonly Dictionary<(string InvoiceId, string Key), ViewedTransfer> _changed = [];
    private readonly HashSet<(string InvoiceId, string Key)> _orphaned = [];
    private readonly HashSet<(string InvoiceId, DepthMark Mark)> _newMarks = [];
    private readonly HashSet<(string InvoiceId, DepthMark Mark)> _passedMarks = [];

    public Cursor Cursor { get; private set; } = cursor;

    public PollerMemory Memory => memory;

    /// <summary>Whether this scan has met a reorg already.</summary>
    public bool WentBack { get; private set; }

    /// <summary>Takes a block that follows the cursor, with its transfers.</summary>
    public void Take(ChainBlock block, DateTimeOffset seenAt, Network network)
    {
        if (block.ParentHash != Cursor.Hash || block.Height != Cursor.Height + 1)
            throw new ChainUnknownException(network.Name, $"block {block.Height} does not follow block {Cursor.Height}");
        foreach (ChainTransfer transfer in block.Transfers)
            Take(transfer, new(block.Height, block.Hash, block.Time), seenAt, network);
        Cursor = Cursor with
        {
            Height = block.Height,
            Hashes = Cursor.Hashes.Append(block.Hash).TakeLast(Cursor.MaxHashes).ToList(),
        };
    }

    /// <summary>Takes a transfer that a block, or for null the mempool, shows. Dust is left out.</summary>
    public void Take(ChainTransfer transfer, BlockReference? block, DateTimeOffset seenAt, Network network)
    {
        if (network.Assets.FirstOrDefault(listed => listed.Asset.Id == transfer.Asset.Id) is not { } listed || transfer.Amount < listed.Dust)
            return;
        foreach (Watch watch in memory.Watches.Of(transfer.Recipient))
        {
            ViewedTransfer? known = Find((watch.InvoiceId, transfer.Key));
            if (known is { Lost: null } && known.Block?.Hash == block?.Hash)
                continue;
            _changed[(watch.InvoiceId, transfer.Key)] = new(
                transfer.TransactionHash,
                transfer.Ordinal,
                transfer.Asset.Id,
                transfer.From,
                transfer.Amount,
                known?.FirstSeenAt ?? seenAt,
                block,
                Lost: null);
        }
    }

    /// <summary>Moves the cursor back to a common ancestor. What stood above it is in no block until one is found again.</summary>
    public void GoBackTo(long height)
    {
        int kept = Cursor.Hashes.Count - (int)(Cursor.Height - height);
        Cursor = Cursor with { Height = height, Hashes = Cursor.Hashes.Take(kept).ToList() };
        WentBack = true;
        Orphan(height);
    }

    /// <summary>
    /// Views above the cursor are of a poll that ended before it could store the cursor. The blocks may have left since, and
    /// nothing would tell: what stood there is in no block until it is found again.
    /// </summary>
    public void DoubtAboveCursor() => Orphan(Cursor.Height);

    private void Orphan(long height)
    {
        foreach (((string, string) id, ViewedTransfer transfer) in All().Where(view => view.Value.Block?.Height > height).ToList())
        {
            _changed[id] = transfer with { Block = null };
            _orphaned.Add(id);
        }
    }

    /// <summary>Whether a standing transfer is in no block and not among <paramref name="shown"/> either.</summary>
    public bool HasMissing(HashSet<string> shown) => Missing(shown).Any();

    /// <summary>What a block held before is reorged; what only the mempool held is replaced.</summary>
    public void LoseMissing(HashSet<string> shown)
    {
        foreach (((string InvoiceId, string Key) id, ViewedTransfer transfer) in Missing(shown).ToList())
        {
            _changed[id] = transfer with { Lost = _orphaned.Contains(id) ? TransferStatus.Reorged : TransferStatus.Replaced };
        }
    }

    /// <summary>
    /// What to write for each invoice: its changed transfers, the depths at which it must look again, and those that the
    /// head has passed.
    /// </summary>
    public IEnumerable<(Watch Watch, ViewedTransfer[] Changed, DepthMark[] Marks, DepthMark[] Passed)> Changes(ChainHead head)
    {
        _passedMarks.UnionWith(memory.Marks.Where(mark => mark.Mark.IsReached(head)));
        foreach (string invoiceId in _changed.Keys.Select(id => id.InvoiceId)
            .Union(_passedMarks.Select(mark => mark.InvoiceId), StringComparer.Ordinal)
            .ToList())
        {
            if (memory.Watches.Find(invoiceId) is not { } watch)
                continue;
            ViewedTransfer[] changed = _changed.Where(change => change.Key.InvoiceId == invoiceId).Select(change => change.Value).ToArray();
            DepthMark[] marks = changed
                .Where(transfer => transfer.Block is not null)
                .Select(transfer => DepthMark.Of(transfer.Block!.Height, watch.Required))
                .Where(mark => !mark.IsReached(head))
                .Distinct()
                .ToArray();
            _newMarks.UnionWith(marks.Select(mark => (invoiceId, mark)));
            DepthMark[] passed = _passedMarks.Where(mark => mark.InvoiceId == invoiceId).Select(mark => mark.Mark).ToArray();
            yield return (watch, changed, marks, passed);
        }
    }

    /// <summary>Hands what was stored over to the memory.</summary>
    public void ApplyTo(PollerMemory stored)
    {
        foreach (((string, string) id, ViewedTransfer transfer) in _changed)
            stored.Views[id] = transfer;
        stored.Marks.UnionWith(_newMarks);
        stored.Marks.ExceptWith(_passedMarks);
    }

    /// <summary>Goes on from the stored cursor with nothing left to store.</summary>
    public void Continue(Cursor stored)
    {
        Cursor = Cursor with { Tag = stored.Tag };
        _changed.Clear();
        _newMarks.Clear();
        _passedMarks.Clear();
    }

    private ViewedTransfer? Find((string, string) id) => _changed.GetValueOrDefault(id) ?? memory.Views.GetValueOrDefault(id);

    private IEnumerable<KeyValuePair<(string InvoiceId, string Key), ViewedTransfer>> All() =>
        memory.Views.Where(view => !_changed.ContainsKey(view.Key)).Concat(_changed);

    private IEnumerable<KeyValuePair<(string InvoiceId, string Key), ViewedTransfer>> Missing(HashSet<string> shown) =>
        All().Where(view => view.Value is { Block: null, Lost: null } && !shown.Contains(view.Key.Key));
}
