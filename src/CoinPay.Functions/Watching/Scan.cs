using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Watching;

/// <summary>What one poll has found but not stored yet, on top of the memory.</summary>
internal sealed partial class Scan(Cursor cursor, PollerMemory memory)
{
    /// <summary>By how much the node's clock may differ from the gateway's.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(1);

    /// <summary>By how much a block's stamp may be behind: it is the miner's clock, whatever that says.</summary>
    private static readonly TimeSpan StampDifference = TimeSpan.FromMinutes(10);
    private readonly Dictionary<(string InvoiceId, string Key), ViewedTransfer> _changed = [];
    private readonly Dictionary<string, List<long>> _dust = new(StringComparer.Ordinal);
    private readonly HashSet<(string InvoiceId, DepthMark Mark)> _newMarks = [];
    private readonly HashSet<(string InvoiceId, DepthMark Mark)> _passedMarks = [];

    public Cursor Cursor { get; private set; } = cursor;

    public PollerMemory Memory => memory;

    /// <summary>The height above which this scan has read since the last store.</summary>
    public long From { get; private set; } = cursor.Height;

    /// <summary>The expiry of the first invoice whose tokens are still to be looked at; null if there is none.</summary>
    public DateTimeOffset? LookedUntil { get; set; }

    /// <summary>Whether this scan has already found a reorg.</summary>
    public bool WentBack { get; private set; }

    /// <summary>The height up to which payments were seen in blocks that may no longer contain them.</summary>
    public long DoubtedUpTo { get; private set; } = -1;

    /// <summary>Adds a block that follows the cursor, with its transfers.</summary>
    public void Take(ChainBlock block, DateTimeOffset seenAt, Network network)
    {
        if (block.ParentHash != Cursor.Hash || block.Height != Cursor.Height + 1)
            throw new ChainUnknownException(network.Name, $"block {block.Height} does not follow block {Cursor.Height}");
        foreach (ChainTransfer transfer in block.Transfers)
            Take(transfer, new(block.Height, block.Hash, block.Time), seenAt, network);
        foreach (Spend spend in block.Spends)
            Replace(spend, isMined: true);
        Cursor = Cursor with
        {
            Height = block.Height,
            Hashes = Cursor.Hashes.Append(block.Hash).TakeLast(Cursor.MaxHashes).ToList(),
        };
    }

    /// <summary>
    /// Adds a transfer found in a block, or in the mempool if the block is null. Dust is not added, but counted once mined.
    /// </summary>
    public void Take(ChainTransfer transfer, BlockReference? block, DateTimeOffset seenAt, Network network)
    {
        if (network.Assets.FirstOrDefault(listed => listed.Asset.Id == transfer.Asset.Id) is not { } listed
            || OwnerOf(transfer, network) is not { } watch)
            return;
        if (transfer.Amount < listed.Dust)
        {
            CountDust(watch, block, network);
            return;
        }
        (string? wrongNetwork, string ordinal) = PlaceOf(watch, transfer, network);
        (string, string) id = (watch.InvoiceId, $"{transfer.TransactionHash}.{ordinal}");
        ViewedTransfer? known = Find(id);
        memory.Inputs.Add(transfer.TransactionHash, transfer.Inputs);
        memory.Orphaned.Remove(id);
        if (known is { Lost: null } && known.Block?.Hash == block?.Hash)
            return;
        _changed[id] = new(
            transfer.TransactionHash,
            ordinal,
            transfer.Asset.Id,
            transfer.From,
            transfer.Amount,
            known?.FirstSeenAt ?? seenAt,
            block,
            Lost: null)
        {
            WrongNetwork = wrongNetwork,
            IsAmbiguous = transfer.IsAmbiguous
                || (known?.IsAmbiguous ?? (memory.Watches.Of(transfer.Recipient).Count > 1 || IsOlder(watch, transfer, block))),
            HasConflict = transfer.HasConflict
                || known is { HasConflict: true } or { ReplacedBy: not null }
                || memory.Inputs.HasRival(transfer.TransactionHash),
            IsDoubtful = transfer.IsDoubtful || known is { IsDoubtful: true },
            Maturity = Math.Max(transfer.Maturity, known?.Maturity ?? 0),
        };
    }

    /// <summary>
    /// Whether the money was there before the invoice: then it is for something else, from a time when the merchant's wallet gave out the
    /// address. Only an address of a key can be older than its invoice; a forwarder's depends on the invoice's id.
    /// </summary>
    private static bool IsOlder(Watch watch, ChainTransfer transfer, BlockReference? block)
    {
        if (watch.Index is null)
            return false;
        DateTimeOffset createdAt = Id.TimeOf(watch.InvoiceId);
        return block is null ? transfer.EnteredAt < createdAt - ClockDifference : block.Time < createdAt - StampDifference;
    }

    /// <summary>The same signed transaction can be mined on two networks with the same hash; each is a separate payment.</summary>
    private static (string? WrongNetwork, string Ordinal) PlaceOf(Watch watch, ChainTransfer transfer, Network network) =>
        watch.Network == network.Name ? (null, transfer.Ordinal) : (network.Name, $"{transfer.Ordinal}@{network.Name}");

    /// <summary>
    /// Returns the one invoice that a transfer is for. If several share an address, which should never happen, that is the
    /// one that already has the transfer, otherwise the oldest.
    /// </summary>
    private Watch? OwnerOf(ChainTransfer transfer, Network network)
    {
        IReadOnlyList<Watch> sharing = memory.Watches.Of(transfer.Recipient);
        if (sharing.Count <= 1)
            return sharing.Count == 0 ? null : sharing[0];
        return sharing.FirstOrDefault(watch =>
                Find((watch.InvoiceId, $"{transfer.TransactionHash}.{PlaceOf(watch, transfer, network).Ordinal}")) is not null)
            ?? sharing.MinBy(watch => watch.InvoiceId, StringComparer.Ordinal);
    }

    /// <summary>Counts dust, but only on the invoice's network, because heights identify the blocks already counted.</summary>
    private void CountDust(Watch watch, BlockReference? block, Network network)
    {
        if (block is null || watch.Network != network.Name)
            return;
        if (!_dust.TryGetValue(watch.InvoiceId, out List<long>? heights))
            _dust.Add(watch.InvoiceId, heights = []);
        heights.Add(block.Height);
    }

    /// <summary>Moves the cursor back to a common ancestor. Transfers above it are in no block until found again.</summary>
    public void GoBackTo(long height)
    {
        WentBack = true;
        MoveBackTo(height);
    }

    /// <summary>
    /// Handles what a poll wrote that ended before it stored the cursor: views above the cursor, and views above
    /// <paramref name="height"/> that it read in another branch. Their blocks may have been orphaned unnoticed since, so these
    /// transfers are in no block until found again.
    /// </summary>
    /// <param name="height">See <see cref="ViewFence.DoubtedFrom"/>.</param>
    public void DoubtAbove(long? height)
    {
        long oldest = Cursor.Height - Cursor.Hashes.Count + 1;
        MoveBackTo(Math.Max(oldest, Math.Min(height ?? Cursor.Height, Cursor.Height)));
    }

    private void MoveBackTo(long height)
    {
        DoubtedUpTo = Math.Max(DoubtedUpTo, Cursor.Height);
        int kept = Cursor.Hashes.Count - (int)(Cursor.Height - height);
        Cursor = Cursor with { Height = height, Hashes = Cursor.Hashes.Take(kept).ToList() };
        From = Math.Min(From, height);
        Orphan(height);
    }

    private void Orphan(long height)
    {
        foreach (((string, string) id, ViewedTransfer transfer) in All().Where(view => view.Value.Block?.Height > height).ToList())
        {
            DoubtedUpTo = Math.Max(DoubtedUpTo, transfer.Block!.Height);
            _changed[id] = transfer with { Block = null };
            memory.Orphaned.Add(id);
        }
    }

    /// <summary>The invoices with a transfer that a reorg removed from its block and that was not found in another yet.</summary>
    public IReadOnlySet<string> Unmined =>
        memory.Orphaned.Where(id => Find(id) is { Block: null }).Select(id => id.InvoiceId).ToHashSet(StringComparer.Ordinal);

    /// <summary>Returns an invoice's stored transfers, updated with what this scan has found.</summary>
    public IEnumerable<ViewedTransfer> Over(string invoiceId, IEnumerable<ViewedTransfer> stored)
    {
        Dictionary<string, ViewedTransfer> transfers = stored.ToDictionary(transfer => transfer.Key, StringComparer.Ordinal);
        foreach ((_, ViewedTransfer known) in All().Where(view => view.Key.InvoiceId == invoiceId))
            transfers[known.Key] = known;
        return transfers.Values;
    }

    /// <summary>
    /// Returns what to write for each invoice: its changed transfers, the depths at which it must check again, and those that
    /// the head has passed. A depth that the stored cursor has not reached is written even if this head has passed it: an
    /// invoice that checks before the cursor is stored finds the payment not deep enough, and must check again afterwards.
    /// </summary>
    public IEnumerable<(Watch Watch, ViewedTransfer[] Changed, DepthMark[] Marks, DepthMark[] Passed)> Changes(
        ChainHead head, Network network)
    {
        ChainHead stored = memory.Cursor.Head with { Height = memory.Cursor.Height };
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
                .SelectMany(transfer => DepthsOf(watch, transfer, network)
                    .Select(depth => DepthMark.Of(transfer.Block!.Height, depth) with { WrongNetwork = transfer.WrongNetwork }))
                .Where(mark => !mark.IsReached(head) || !mark.IsReached(stored))
                .Distinct()
                .ToArray();
            _newMarks.UnionWith(marks.Select(mark => (invoiceId, mark)));
            _passedMarks.UnionWith(marks.Where(mark => mark.IsReached(head)).Select(mark => (invoiceId, mark)));
            DepthMark[] passed = _passedMarks.Where(mark => mark.InvoiceId == invoiceId).Select(mark => mark.Mark).ToArray();
            yield return (watch, changed, marks, passed);
        }
    }

    /// <summary>
    /// The watch knows only the depth on the invoice's own network. Elsewhere the invoice also checks at that network's usual
    /// depth and at its tags; its deadlines cover anything else.
    /// </summary>
    private static RequiredDepth[] DepthsOf(Watch watch, ViewedTransfer transfer, Network network) => transfer.WrongNetwork is null
        ? [transfer.AtLeastMature(watch.Required)]
        :
        [
            watch.Required, RequiredDepth.OfBlocks(network.Confirmations),
            RequiredDepth.Of(FinalityTag.Safe), RequiredDepth.Of(FinalityTag.Finalized),
        ];

    /// <summary>Returns the heights of the dust found in blocks, by invoice.</summary>
    public IEnumerable<(Watch Watch, List<long> Heights)> Dust() =>
        from found in _dust
        let watch = memory.Watches.Find(found.Key)
        where watch is not null
        select (watch, found.Value);

    /// <summary>Copies what was stored to the memory.</summary>
    public void ApplyTo(PollerMemory stored)
    {
        foreach (((string, string) id, ViewedTransfer transfer) in _changed)
            stored.Views[id] = transfer;
        stored.Marks.UnionWith(_newMarks);
        stored.Marks.ExceptWith(_passedMarks);
    }

    /// <summary>Continues from the stored cursor with nothing left to store.</summary>
    public void Continue(Cursor stored)
    {
        Cursor = Cursor with { Tag = stored.Tag, Scanned = stored.Scanned };
        From = Cursor.Height;
        _changed.Clear();
        _dust.Clear();
        _newMarks.Clear();
        _passedMarks.Clear();
    }

    private ViewedTransfer? Find((string, string) id) => _changed.GetValueOrDefault(id) ?? memory.Views.GetValueOrDefault(id);

    private IEnumerable<KeyValuePair<(string InvoiceId, string Key), ViewedTransfer>> All() =>
        memory.Views.Where(view => !_changed.ContainsKey(view.Key)).Concat(_changed);
}
