using CoinPay.Chains;
using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Reads one network from where it stopped to its head and keeps the views of watched addresses. The order is fixed: the
/// head's hash, then new watches, then blocks and mempool, then views, then the cursor, then the wakes; a crash between
/// any two repeats work and loses none. Memory is a copy of what storage holds and is dropped when a write fails.
/// </summary>
internal sealed class NetworkPoller(
    IChain chain, WatchStore watches, ViewStore views, CursorStore cursors, TimeProvider clock, ILogger<NetworkPoller> log)
{
    /// <summary>Blocks before the head at which a network that was never read begins.</summary>
    private const int FirstLookBack = 20;

    /// <summary>Blocks this near to the head are read by hash where the network has no finality.</summary>
    private const int ByHashDepth = 64;

    /// <summary>How often one poll follows a head that moves while it reads.</summary>
    private const int MaxHeadsInAPoll = 10;

    /// <summary>An unchanged cursor is stored this often, so that invoices can tell how lately everything was read.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    private readonly CatchUp _catchUp = new(clock);
    private PollerMemory? _memory;

    public Network Network => chain.Network;

    /// <summary>How far this poller has come: for gauges, which look at any time.</summary>
    public ChainProgress Progress { get; private set; } = new(Head: null, clock.GetUtcNow());

    /// <summary>See <see cref="AddressGaps.Longest"/>; null until the watches are read.</summary>
    public long? LongestGap => _memory?.Watches.Gaps.Longest;

    /// <summary>Drops the memory: the next poll begins from storage.</summary>
    public void Forget() => _memory = null;

    /// <summary>
    /// One poll, to the head or as far as its time goes; what it has read stays read. Answers the invoices whose view
    /// changed or whose payment has come to its depth; their pending rows are stored already. Throws <see cref="ChainUnknownException"/> when the node cannot say; what steps before stored is woken then by the next poll.
    /// </summary>
    public async Task<IReadOnlyCollection<Watch>> PollAsync(CancellationToken cancellation)
    {
        DateTimeOffset beganAt = clock.GetUtcNow();
        _catchUp.BeginPoll();
        ChainHead head = await chain.ReadHeadAsync(cancellation);
        Progress = Progress with { Head = head };
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
            if (await ReadToTheHeadAsync(memory, scan, head, beganAt, touched, cancellation) is { } read)
            {
                await StoreAsync(memory, scan, read, completeSince: beganAt, touched, cancellation);
                Progress = Progress with { CompletePollBeganAt = beganAt };
            }
            Report(cursor, memory.Cursor!, head);
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

    /// <summary>
    /// Reads everything up to the head; null when the time ran out before. A head that moves meanwhile is followed: only one that
    /// stands still shows that a payment is nowhere any more, and a payment that left its block should be gone, or found again, by the
    /// time its invoice is told.
    /// </summary>
    private async Task<ChainHead?> ReadToTheHeadAsync(
        PollerMemory memory, Scan scan, ChainHead head, DateTimeOffset beganAt,
        Dictionary<string, Watch> touched, CancellationToken cancellation)
    {
        DateTimeOffset seenAt = beganAt;
        for (int times = 1; await ReadBlocksAsync(memory, scan, head, seenAt, touched, cancellation); times++)
        {
            await new BalanceSweep(chain, views).RunAsync(scan, head, seenAt, cancellation);
            ChainHead now = await FinishAsync(scan, head, seenAt, cancellation);
            if (now == head || times == MaxHeadsInAPoll)
                return head;
            // What only this head shows was not there when the poll began.
            (head, seenAt) = (now, clock.GetUtcNow());
        }
        return null;
    }

    /// <summary>Reads up to the head, storing each step; false when the time ran out before.</summary>
    private async Task<bool> ReadBlocksAsync(
        PollerMemory memory, Scan scan, ChainHead head, DateTimeOffset seenAt,
        Dictionary<string, Watch> touched, CancellationToken cancellation)
    {
        long stored = scan.Cursor.Height;
        while (scan.Cursor.Hash != head.Hash)
        {
            long from = scan.Cursor.Height;
            _catchUp.BeginStep();
            await StepAsync(scan, head, seenAt, cancellation);
            _catchUp.EndStep(scan.Cursor.Height - from);
            // Never below what was read before: a payment that stands in the new branch too must not seem to be gone.
            bool isAhead = scan.Cursor.Height > Math.Max(stored, scan.DoubtedUpTo) && scan.Cursor.Height < head.Height;
            if (!isAhead)
                continue;
            await StoreAsync(memory, scan, head, completeSince: null, touched, cancellation);
            stored = scan.Cursor.Height;
            if (_catchUp.IsOutOfTime)
                return false;
        }
        return true;
    }

    private void Report(Cursor began, Cursor now, ChainHead head)
    {
        if (_catchUp.Progress(began.Height, now.Height, head.Height) is { } progress)
            log.LogInformation("{Network}: {Read:N0} of {All:N0} blocks read", Network.Name, progress.Read, progress.All);
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
        if (IsBehind(cursor, head))
            throw new ChainUnknownException(Network.Name, $"the node is at {head.Height}, behind block {cursor.Height} that was read");
    }

    private static bool IsBehind(Cursor cursor, ChainHead head) =>
        head.Height < cursor.Height && cursor.HashAt(head.Height) == head.Hash;

    /// <summary>Reads the next blocks, or walks back to the common ancestor when they do not follow what was read.</summary>
    private async Task StepAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        if (head.Height <= scan.Cursor.Height)
        {
            await WalkBackAsync(scan, cancellation);
            return;
        }
        long to = Math.Min(head.Height, scan.Cursor.Height + _catchUp.Blocks);
        IReadOnlyList<ChainBlock> blocks = await chain.ReadBlocksAsync(
            scan.Cursor.Height + 1, to, head.Finalized ?? head.Height - ByHashDepth, scan.Memory.IsWatched, cancellation);
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

    /// <summary>
    /// At the head: the mempool, and what neither it nor any block shows any more. Answers another head if that could not be told
    /// because the chain has one now.
    /// </summary>
    private async Task<ChainHead> FinishAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        IMempoolSource? source = chain as IMempoolSource;
        IReadOnlyList<ChainTransfer> mempool = source is null ? [] : await source.ReadMempoolAsync(scan.Memory.IsWatched, cancellation);
        foreach (ChainTransfer transfer in mempool)
            scan.Take(transfer, null, beganAt, Network);
        HashSet<string> shown = mempool.Select(transfer => transfer.Key).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<Spend> spends = source?.SpendsInMempool(scan.Memory.Inputs.Contains) ?? [];
        if (!scan.HasMissing(shown, spends))
            return head;
        // What left the mempool may stand in a block found since: only an unmoved head makes it gone.
        ChainHead now = await chain.ReadHeadAsync(cancellation);
        if (now.Hash != head.Hash)
            return IsBehind(scan.Cursor, now) ? head : now;
        scan.LoseMissing(shown, spends);
        return head;
    }

    /// <param name="memory">Takes over what is stored.</param>
    /// <param name="scan">What was read.</param>
    /// <param name="head">The head that is read up to.</param>
    /// <param name="completeSince">When the poll began, if everything up to the head was read; null for a step on the way.</param>
    /// <param name="touched">Takes the invoices to wake.</param>
    /// <param name="cancellation">Ends it between two writes.</param>
    private async Task StoreAsync(
        PollerMemory memory, Scan scan, ChainHead head, DateTimeOffset? completeSince,
        Dictionary<string, Watch> touched, CancellationToken cancellation)
    {
        // In a catch-up an invoice knows the chain as far as it was read: a depth that only the head has passed is to come.
        ChainHead read = head with { Height = scan.Cursor.Height };
        bool isMatch = false;
        List<(Watch, DepthMark)> done = [];
        foreach ((Watch watch, ViewedTransfer[] changed, DepthMark[] marks, DepthMark[] passed) in scan.Changes(read))
        {
            isMatch = true;
            if (changed.Length + marks.Length > 0)
                await views.WriteAsync(watch, changed, marks, scan.Cursor.Height, memory.Inputs.Of, cancellation);
            touched[watch.InvoiceId] = watch;
            memory.Watches.Gaps.Paid(watch);
            done.AddRange(passed.Select(mark => (watch, mark)));
        }
        foreach ((Watch watch, List<long> heights) in scan.Dust())
            await views.CountDustAsync(watch, heights, cancellation);
        Cursor cursor = scan.Cursor with
        {
            Head = head,
            CompletePollBeganAt = completeSince ?? scan.Cursor.CompletePollBeganAt,
            IsFinalityStalled = Network.IsFinalityStalled(head),
            ScannedNow = ScannedRange.Due(scan.Cursor, isMatch, clock.GetUtcNow()),
        };
        bool isDue = memory.Cursor is null
            || cursor.Hash != memory.Cursor.Hash
            || head != memory.Cursor.Head
            || cursor.CompletePollBeganAt - memory.Cursor.CompletePollBeganAt >= SaveInterval;
        memory.Apply(scan, isDue ? await cursors.SaveAsync(Network.Name, cursor, cancellation) : memory.Cursor!);
        await views.PassDepthsAsync(done, cancellation);
    }
}
