using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

/// <summary>What a poller remembers between polls: the cursor, the watches, the transfers a reorg can still touch, the depths awaited.</summary>
internal sealed class PollerMemory
{
    /// <summary>The height read when a transfer was lost: it is remembered from there as long as one in a block.</summary>
    private readonly Dictionary<(string InvoiceId, string Key), long> _lostAt = [];
    private Dictionary<string, Watch> _unfinished = new(StringComparer.Ordinal);

    private PollerMemory(WatchSet watches) => Watches = watches;

    public Cursor? Cursor { get; private set; }

    public WatchSet Watches { get; }

    /// <summary>Nothing was stored since it was read from storage.</summary>
    public bool IsJustLoaded { get; private set; } = true;

    /// <summary>Whether a recipient is watched, or an outpoint that one of our payments spends.</summary>
    public bool IsWatched(string recipientOrOutpoint) =>
        Watches.Contains(recipientOrOutpoint) || Inputs.Contains(recipientOrOutpoint);

    /// <summary>Transfers by invoice and key, as stored.</summary>
    public Dictionary<(string InvoiceId, string Key), ViewedTransfer> Views { get; } = [];

    /// <summary>What the transactions of these transfers spend.</summary>
    public SpentOutpoints Inputs { get; } = new();

    /// <summary>Transfers whose block a reorg took away, until they are found again or lost.</summary>
    public HashSet<(string InvoiceId, string Key)> Orphaned { get; } = [];

    public HashSet<(string InvoiceId, DepthMark Mark)> Marks { get; } = [];

    /// <summary>Reads it all from storage, and with it the invoices that were not woken before a crash.</summary>
    public static async Task<PollerMemory> LoadAsync(
        string network, WatchStore watches, ViewStore views, CursorStore cursors, DateTimeOffset now, CancellationToken cancellation)
    {
        PollerMemory memory = new(watches.SetOf(network)) { Cursor = await cursors.FindAsync(network, cancellation) };
        await memory.Watches.LoadNewAsync(watches, now, cancellation);
        long lowest = (memory.Cursor?.Height ?? 0) - Cursor.MaxHashes;
        foreach ((string invoiceId, ViewedTransfer transfer, Outpoints inputs) in await views.ReadAboveAsync(network, lowest, cancellation))
        {
            memory.Views[(invoiceId, transfer.Key)] = transfer;
            if (memory.Watches.Find(invoiceId) is { } paid)
                memory.Watches.Gaps.Paid(paid);
            memory.Inputs.Add(transfer.TransactionHash, inputs);
            if (transfer.Lost is not null)
                memory._lostAt[(invoiceId, transfer.Key)] = memory.Cursor?.Height ?? 0;
        }
        memory.Marks.UnionWith(await views.ReadDepthMarksAsync(network, cancellation));
        foreach (PendingInvoice pending in await views.ReadPendingAsync(network, cancellation))
            if (memory.Watches.Find(pending.InvoiceId) is { } watch)
                memory._unfinished[pending.InvoiceId] = watch;
        return memory;
    }

    /// <summary>Invoices that an earlier poll stored as pending and could not wake.</summary>
    public Dictionary<string, Watch> TakeUnfinished()
    {
        Dictionary<string, Watch> unfinished = _unfinished;
        _unfinished = new(StringComparer.Ordinal);
        return unfinished;
    }

    public void KeepUnfinished(Dictionary<string, Watch> touched) => _unfinished = touched;

    /// <summary>Takes over what a scan found, after it was stored.</summary>
    public void Apply(Scan scan, Cursor stored)
    {
        scan.ApplyTo(this);
        IsJustLoaded = false;
        Cursor = stored;
        scan.Continue(stored);
        Forget(stored.Height - Cursor.MaxHashes, stored.Height);
    }

    /// <summary>Drops what no reorg can reach: in a block at or below a height, or lost since then.</summary>
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
