using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

/// <summary>What a poller keeps between polls: cursor, watches, transfers that a reorg can still affect, and pending depths.</summary>
internal sealed class PollerMemory
{
    /// <summary>The height read when a transfer was lost; from there it is kept as long as a transfer in a block.</summary>
    private readonly Dictionary<(string InvoiceId, string Key), long> _lostAt = [];
    private Dictionary<string, Watch> _unfinished = new(StringComparer.Ordinal);

    private PollerMemory(WatchSet watches, Cursor cursor, ViewFence fence) => (Watches, Cursor, Fence) = (watches, cursor, fence);

    public Cursor Cursor { get; private set; }

    /// <summary>What this poller's view writes go through.</summary>
    public ViewFence Fence { get; }

    public WatchSet Watches { get; }

    /// <summary>Whether nothing was stored since the memory was loaded from storage.</summary>
    public bool IsJustLoaded { get; private set; } = true;

    /// <summary>Whether this is a watched recipient or an outpoint that one of our payments spends.</summary>
    public bool IsWatched(string recipientOrOutpoint) =>
        Watches.Contains(recipientOrOutpoint) || Inputs.Contains(recipientOrOutpoint);

    /// <summary>The stored transfers by invoice and key.</summary>
    public Dictionary<(string InvoiceId, string Key), ViewedTransfer> Views { get; } = [];

    /// <summary>The outpoints that the transactions of these transfers spend.</summary>
    public SpentOutpoints Inputs { get; } = new();

    /// <summary>The transfers whose block was orphaned by a reorg, until they are found again or lost.</summary>
    public HashSet<(string InvoiceId, string Key)> Orphaned { get; } = [];

    public HashSet<(string InvoiceId, DepthMark Mark)> Marks { get; } = [];

    /// <summary>
    /// Shuts out every other poller of the network, then loads everything from storage, including the invoices that were not woken
    /// before a crash.
    /// </summary>
    /// <param name="cursor">The cursor that this poller has taken over.</param>
    public static async Task<PollerMemory> LoadAsync(
        string network, Cursor cursor, WatchStore watches, ViewStore views, DateTimeOffset now, CancellationToken cancellation)
    {
        PollerMemory memory = new(watches.SetOf(network), cursor, await views.TakeOverAsync(network, cursor, cancellation));
        await memory.Watches.LoadNewAsync(watches, now, cancellation);
        long lowest = cursor.Height - Cursor.MaxHashes;
        foreach ((string invoiceId, ViewedTransfer transfer, Outpoints inputs) in await views.ReadAboveAsync(network, lowest, cancellation))
        {
            memory.Views[(invoiceId, transfer.Key)] = transfer;
            if (memory.Watches.Find(invoiceId) is { } paid)
                memory.Watches.Gaps.Paid(paid);
            memory.Inputs.Add(transfer.TransactionHash, inputs);
            if (transfer.Lost is not null)
                memory._lostAt[(invoiceId, transfer.Key)] = cursor.Height;
        }
        memory.Marks.UnionWith(await views.ReadDepthMarksAsync(network, cancellation));
        foreach (PendingInvoice pending in await views.ReadPendingAsync(network, cancellation))
            if (memory.Watches.Find(pending.InvoiceId) is { } watch)
                memory._unfinished[pending.InvoiceId] = watch;
        return memory;
    }

    /// <summary>Takes the invoices that an earlier poll stored as pending but could not wake.</summary>
    public Dictionary<string, Watch> TakeUnfinished()
    {
        Dictionary<string, Watch> unfinished = _unfinished;
        _unfinished = new(StringComparer.Ordinal);
        return unfinished;
    }

    public void KeepUnfinished(Dictionary<string, Watch> touched) => _unfinished = touched;

    /// <summary>Applies what a scan found, after it was stored.</summary>
    public void Apply(Scan scan, Cursor stored)
    {
        scan.ApplyTo(this);
        IsJustLoaded = false;
        Cursor = stored;
        scan.Continue(stored);
        Forget(stored.Height - Cursor.MaxHashes, stored.Height);
    }

    /// <summary>Drops the transfers that no reorg can reach: in a block at or below a height, or lost at or before it.</summary>
    private void Forget(long lowest, long height)
    {
        foreach (((string, string) id, ViewedTransfer transfer) in Views)
            if (transfer.Lost is null)
                _lostAt.Remove(id);
            else
                _lostAt.TryAdd(id, height);
        int before = Views.Count;
        foreach ((string, string) settled in Views.Where(view => IsSettled(view.Key, view.Value, lowest)).Select(view => view.Key).ToList())
        {
            Views.Remove(settled);
            _lostAt.Remove(settled);
            Orphaned.Remove(settled);
        }
        if (Views.Count < before)
            Inputs.Keep(Views.Values.Select(transfer => transfer.TransactionHash).ToHashSet(StringComparer.Ordinal));
    }

    private bool IsSettled((string, string) id, ViewedTransfer transfer, long lowest) =>
        transfer.Lost is null ? transfer.Block?.Height <= lowest : _lostAt[id] <= lowest;
}
