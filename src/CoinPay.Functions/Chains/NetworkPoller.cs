using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Chains;

/// <summary>
/// Reads one network from where it stopped to its head and keeps the views of watched addresses. The order is fixed: the
/// head's hash, then new watches, then blocks and mempool, then views, then the cursor, then the wakes; a crash between
/// any two repeats work and loses none. Memory is a copy of what storage holds and is dropped when a write fails.
/// </summary>
internal sealed class NetworkPoller(
    IChain chain, WatchStore watches, ViewStore views, CursorStore cursors, TimeProvider clock, ILogger<NetworkPoller> log)
{
    /// <summary>Blocks read in one step of a catch-up; the cursor is stored after each.</summary>
    private const int MaxBlocksPerStep = 200;

    /// <summary>Blocks before the head at which a network that was never read begins.</summary>
    private const int FirstLookBack = 20;

    /// <summary>Blocks this near to the head are read by hash where the network has no finality.</summary>
    private const int ByHashDepth = 64;

    /// <summary>An unchanged cursor is stored this often, so that invoices can tell how lately everything was read.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    private PollerMemory? _memory;

    public Network Network => chain.Network;

    /// <summary>Drops the memory: the next poll begins from storage.</summary>
    public void Forget() => _memory = null;

    /// <summary>
    /// One poll. Answers the invoices whose view changed or whose payment has come to its depth; their pending rows are
    /// stored already. Throws <see cref="ChainUnknownException"/> when the node cannot say; nothing has changed then.
    /// </summary>
    public async Task<IReadOnlyCollection<Watch>> PollAsync(CancellationToken cancellation)
    {
        DateTimeOffset beganAt = clock.GetUtcNow();
        ChainHead head = await chain.ReadHeadAsync(cancellation);
        PollerMemory memory = _memory ??= await PollerMemory.LoadAsync(Network.Name, watches, views, cursors, beganAt, cancellation);
        await memory.Watches.LoadNewAsync(watches, beganAt, cancellation);
        Cursor cursor = memory.Cursor ?? await StartAsync(head, beganAt, cancellation);
        RefuseToGoBack(cursor, head);
        Dictionary<string, Watch> touched = memory.TakeUnfinished();
        try
        {
            Scan scan = new(cursor, memory);
            if (memory.IsJustLoaded)
                scan.DoubtAboveCursor();
            while (scan.Cursor.Hash != head.Hash)
            {
                await StepAsync(scan, head, beganAt, cancellation);
                if (scan.Cursor.Height >= (memory.Cursor?.Height ?? 0) + MaxBlocksPerStep)
                    await StoreAsync(memory, scan, head, beganAt, isComplete: false, touched, cancellation);
            }
            await FinishAsync(scan, head, beganAt, cancellation);
            await StoreAsync(memory, scan, head, beganAt, isComplete: true, touched, cancellation);
            return touched.Values;
        }
        catch (ChainUnknownException)
        {
            memory.KeepUnfinished(touched);
            throw;
        }
        catch
        {
            _memory = null;
            throw;
        }
    }

    private async Task<Cursor> StartAsync(ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        long height = Math.Max(0, head.Height - FirstLookBack);
        string hash = await chain.ReadBlockHashAsync(height, cancellation)
            ?? throw new ChainUnknownException(Network.Name, "the head moved back while it was read");
        log.LogInformation("{Network} is read for the first time, from block {Height}", Network.Name, height);
        return new(height, [hash], head, DateTimeOffset.UnixEpoch, default);
    }

    /// <summary>A node that shows less of the same chain than was read lags: what it does not show is unknown, not gone.</summary>
    private void RefuseToGoBack(Cursor cursor, ChainHead head)
    {
        if (head.Height < cursor.Height && cursor.HashAt(head.Height) == head.Hash)
            throw new ChainUnknownException(Network.Name, $"the node is at {head.Height}, behind block {cursor.Height} that was read");
    }

    /// <summary>Reads the next blocks, or walks back to the common ancestor when they do not follow what was read.</summary>
    private async Task StepAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        if (head.Height <= scan.Cursor.Height)
        {
            await WalkBackAsync(scan, cancellation);
            return;
        }
        long to = Math.Min(head.Height, scan.Cursor.Height + MaxBlocksPerStep);
        IReadOnlyList<ChainBlock> blocks = await chain.ReadBlocksAsync(
            scan.Cursor.Height + 1, to, head.Finalized ?? head.Height - ByHashDepth, scan.Memory.Watches.Contains, cancellation);
        if (blocks.Count != to - scan.Cursor.Height)
            throw new ChainUnknownException(Network.Name, "the node left blocks out");
        if (blocks[0].ParentHash != scan.Cursor.Hash)
            await WalkBackAsync(scan, cancellation);
        else
            foreach (ChainBlock block in blocks)
                scan.Take(block, beganAt, Network);
    }

    private async Task WalkBackAsync(Scan scan, CancellationToken cancellation)
    {
        // A second reorg while the first is being read: the head that this poll goes to is gone. The next poll has a new one.
        if (scan.WentBack)
            throw new ChainUnknownException(Network.Name, "the chain moved while it was read");
        long height = scan.Cursor.Height;
        string? known;
        do
        {
            height--;
            known = scan.Cursor.HashAt(height);
            if (known is null)
                throw new ChainUnknownException(Network.Name, $"a reorg reaches below block {height + 1}, the oldest that is remembered");
        }
        while (await chain.ReadBlockHashAsync(height, cancellation) != known);
        log.LogWarning(
            "{Network}: a reorg of {Depth} blocks, back to block {Height} {Hash}", Network.Name, scan.Cursor.Height - height, height, known);
        scan.GoBackTo(height);
    }

    /// <summary>At the head: the mempool, and what neither it nor any block shows any more.</summary>
    private async Task FinishAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        IReadOnlyList<ChainTransfer> mempool = await chain.ReadMempoolAsync(scan.Memory.Watches.Contains, cancellation);
        foreach (ChainTransfer transfer in mempool)
            scan.Take(transfer, null, beganAt, Network);
        HashSet<string> shown = mempool.Select(transfer => transfer.Key).ToHashSet(StringComparer.Ordinal);
        if (!scan.HasMissing(shown))
            return;
        // What left the mempool may stand in a block found since: only an unmoved head makes it gone.
        ChainHead now = await chain.ReadHeadAsync(cancellation);
        if (now.Hash == head.Hash)
            scan.LoseMissing(shown);
    }

    private async Task StoreAsync(
        PollerMemory memory, Scan scan, ChainHead head, DateTimeOffset beganAt, bool isComplete,
        Dictionary<string, Watch> touched, CancellationToken cancellation)
    {
        foreach ((Watch watch, ViewedTransfer[] changed, DepthMark[] marks, DepthMark[] passed) in scan.Changes(head))
        {
            await views.WriteAsync(watch, changed, marks, passed, cancellation);
            touched[watch.InvoiceId] = watch;
        }
        Cursor cursor = scan.Cursor with
        {
            Head = head,
            CompletePollBeganAt = isComplete ? beganAt : scan.Cursor.CompletePollBeganAt,
        };
        bool isDue = memory.Cursor is null
            || cursor.Hash != memory.Cursor.Hash
            || head != memory.Cursor.Head
            || cursor.CompletePollBeganAt - memory.Cursor.CompletePollBeganAt >= SaveInterval;
        memory.Apply(scan, isDue ? await cursors.SaveAsync(Network.Name, cursor, cancellation) : memory.Cursor!);
    }
}
