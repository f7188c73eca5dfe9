using CoinPay.Core;

namespace CoinPay.Functions.Chains;

/// <summary>What a poller remembers between polls: the cursor, the watches, the transfers a reorg can still touch, the depths awaited.</summary>
internal sealed class PollerMemory
{
    private Dictionary<string, Watch> _unfinished = new(StringComparer.Ordinal);

    private PollerMemory(string network) => Watches = new(network);

    public Cursor? Cursor { get; private set; }

    public WatchSet Watches { get; }

    /// <summary>Nothing was stored since it was read from storage.</summary>
    public bool IsJustLoaded { get; private set; } = true;

    /// <summary>Transfers by invoice and key, as stored.</summary>
    public Dictionary<(string InvoiceId, string Key), ViewedTransfer> Views { get; } = [];

    public HashSet<(string InvoiceId, DepthMark Mark)> Marks { get; } = [];

    /// <summary>Reads it all from storage, and with it the invoices that were not woken before a crash.</summary>
    public static async Task<PollerMemory> LoadAsync(
        string network, WatchStore watches, ViewStore views, CursorStore cursors, DateTimeOffset now, CancellationToken cancellation)
    {
        PollerMemory memory = new(network) { Cursor = await cursors.FindAsync(network, cancellation) };
        await memory.Watches.LoadNewAsync(watches, now, cancellation);
        long lowest = (memory.Cursor?.Height ?? 0) - Cursor.MaxHashes;
        foreach ((string invoiceId, ViewedTransfer transfer) in await views.ReadAboveAsync(network, lowest, cancellation))
            memory.Views[(invoiceId, transfer.Key)] = transfer;
        memory.Marks.UnionWith(await views.ReadDepthMarksAsync(network, cancellation));
        foreach ((string invoiceId, _, _) in await views.ReadPendingAsync(network, cancellation))
            if (memory.Watches.Find(invoiceId) is { } watch)
                memory._unfinished[invoiceId] = watch;
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
        long lowest = stored.Height - Cursor.MaxHashes;
        foreach ((string, string) settled in Views.Where(view => IsSettled(view.Value, lowest)).Select(view => view.Key).ToList())
            Views.Remove(settled);
    }

    private static bool IsSettled(ViewedTransfer transfer, long lowest) =>
        transfer.Lost is null && transfer.Block?.Height <= lowest;
}
