using CoinPay.Chains;
using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Reads one network from where it stopped up to its head and updates the views of watched addresses. The order is fixed:
/// the head's hash, new watches, blocks and mempool, views, the cursor, the wakes. A crash between any two repeats work
/// but loses none. Memory is a copy of storage and is dropped if a write fails.
/// </summary>
internal sealed class NetworkPoller(
    IChain chain, WatchStore watches, ViewStore views, CursorStore cursors, TimeProvider clock, ILogger<NetworkPoller> log)
{
    /// <summary>How many blocks before the head the first read of a network starts.</summary>
    private const int FirstLookBack = 20;

    /// <summary>Blocks this close to the head are read by hash if the network has no finality.</summary>
    private const int ByHashDepth = 64;

    private const string DeepReorg = "A reorg too deep to follow";

    /// <summary>How many times one poll follows a head that moves while it reads.</summary>
    private const int MaxHeadsInAPoll = 10;

    /// <summary>How often an unchanged cursor is stored, so that invoices know when everything was last read.</summary>
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    /// <summary>Longer than a poll takes.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(3);

    private readonly CatchUp _catchUp = new(clock);
    private DateTimeOffset _polledAt = clock.GetUtcNow();
    private PollerMemory? _memory;

    public Network Network => chain.Network;

    /// <summary>The network's progress, for gauges, which can read it at any time.</summary>
    public ChainProgress Progress { get; private set; } = new(Head: null, clock.GetUtcNow());

    /// <summary>See <see cref="AddressGaps.Longest"/>; null until the watches are read.</summary>
    public long? LongestGap => _memory?.Watches.Gaps.Longest;

    /// <summary>Drops the memory, so that the next poll loads it from storage.</summary>
    public void Forget() => _memory = null;

    /// <summary>
    /// If this process has not polled for some minutes, another one does, or none: takes the progress from the stored cursor, and
    /// drops the memory, because it would be outdated.
    /// </summary>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        if (clock.GetUtcNow() - _polledAt < IdleAfter + (2 * Network.PollInterval))
            return;
        Forget();
        if (await cursors.FindAsync(Network.Name, cancellation) is { } cursor)
            Progress = new(cursor.Head, cursor.CompletePollBeganAt);
    }

    /// <summary>
    /// Polls once, up to the head or until its time is up; blocks that were read are not read again. Returns the invoices
    /// whose view changed or whose payment reached its depth; their pending rows are already stored. Throws
    /// <see cref="ChainUnknownException"/> if the node cannot say; the next poll then wakes the invoices of earlier steps.
    /// </summary>
    public async Task<IReadOnlyCollection<Watch>> PollAsync(CancellationToken cancellation)
    {
        _polledAt = clock.GetUtcNow();
        // First of all: what another poller has read so far is older than this poll's head.
        PollerMemory memory = _memory ??= await PollerMemory.LoadAsync(
            Network.Name, await TakeOverAsync(cancellation), watches, views, clock.GetUtcNow(), cancellation);
        DateTimeOffset beganAt = clock.GetUtcNow();
        _catchUp.BeginPoll();
        ChainHead head = await chain.ReadHeadAsync(cancellation);
        Progress = Progress with { Head = head, Doubt = DoubtOf(head, beganAt) };
        await memory.Watches.LoadNewAsync(watches, beganAt, cancellation);
        Cursor cursor = memory.Cursor;
        RefuseToGoBack(cursor, head);
        Dictionary<string, Watch> touched = memory.TakeUnfinished();
        try
        {
            Scan scan = new(cursor, memory);
            if (memory.IsJustLoaded)
                scan.DoubtAbove(memory.Fence.DoubtedFrom);
            if (await ReadToTheHeadAsync(memory, scan, head, beganAt, touched, cancellation) is { } read)
            {
                Progress = Progress with { Doubt = DoubtOf(read, beganAt) };
                DateTimeOffset? completeSince = Progress.Doubt is null ? scan.LookedUntil ?? beganAt : null;
                await StoreAsync(memory, scan, read, completeSince, touched, cancellation);
                Progress = Progress with { CompletePollBeganAt = completeSince ?? Progress.CompletePollBeganAt };
            }
            Report(cursor, memory.Cursor, head);
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
    /// Reads everything up to the head; returns null if the time runs out first. Follows a head that moves in the meantime: only an
    /// unchanged head proves that a payment no longer exists, and a payment that left its block should be lost, or found again,
    /// before its invoice is notified.
    /// </summary>
    private async Task<ChainHead?> ReadToTheHeadAsync(
        PollerMemory memory, Scan scan, ChainHead head, DateTimeOffset beganAt,
        Dictionary<string, Watch> touched, CancellationToken cancellation)
    {
        DateTimeOffset seenAt = beganAt;
        for (int times = 1; await ReadBlocksAsync(memory, scan, head, seenAt, touched, cancellation); times++)
        {
            if (!Network.IsStale(head, beganAt))
            {
                await new BalanceSweep(chain, views).RunAsync(scan, head, seenAt, cancellation);
                await new TokenLook(chain, views, log).RunAsync(scan, head, beganAt, cancellation);
            }
            ChainHead now = await FinishAsync(scan, head, seenAt, cancellation);
            if (now == head || times == MaxHeadsInAPoll)
                return head;
            // Anything that appears only at this head was not there when the poll began, and its invoice may not have been either.
            (head, seenAt) = (now, clock.GetUtcNow());
            await memory.Watches.LoadNewAsync(watches, seenAt, cancellation);
        }
        return null;
    }

    /// <summary>Reads up to the head and stores each step. Returns false if the time runs out first.</summary>
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
            // Never below the height read before: a payment that is also in the new branch must not appear to be lost.
            // Only a poll that would never end otherwise lets it appear unmined for a while.
            bool isAhead = scan.Cursor.Height > Math.Max(stored, scan.DoubtedUpTo) || _catchUp.IsFarOutOfTime;
            if (!isAhead || scan.Cursor.Height >= head.Height)
                continue;
            await StoreAsync(memory, scan, head, completeSince: null, touched, cancellation);
            stored = scan.Cursor.Height;
            if (_catchUp.IsOutOfTime)
                return false;
        }
        return true;
    }

    private string? DoubtOf(ChainHead head, DateTimeOffset now) => Network.IsStale(head, now)
        ? $"the node's last block, {head.Height}, is of {head.Time:u}, more than {Network.MaxHeadAge} ago: check the node's peers and both clocks"
        : null;

    private void Report(Cursor began, Cursor now, ChainHead head)
    {
        if (_catchUp.Progress(began.Height, now.Height, head.Height) is { } progress)
            log.LogInformation("{Network}: {Read:N0} of {All:N0} blocks read", Network.Name, progress.Read, progress.All);
    }

    /// <summary>Takes the network over from any other poller, from where that one stopped.</summary>
    private async Task<Cursor> TakeOverAsync(CancellationToken cancellation)
    {
        Cursor cursor = await cursors.FindAsync(Network.Name, cancellation) ?? await StartAsync(cancellation);
        return await cursors.TakeOverAsync(Network.Name, cursor, cancellation);
    }

    private async Task<Cursor> StartAsync(CancellationToken cancellation)
    {
        ChainHead head = await chain.ReadHeadAsync(cancellation);
        long height = Math.Max(0, head.Height - FirstLookBack);
        string hash = await chain.ReadBlockHashAsync(height, cancellation)
            ?? throw new ChainUnknownException(Network.Name, "the head moved back during the read");
        log.LogInformation("{Network}: reading for the first time, from block {Height}", Network.Name, height);
        return new(height, [hash], head, DateTimeOffset.UnixEpoch, default);
    }

    /// <summary>Throws if the node lags behind what was read of the same chain: what it does not show is unknown, not lost.</summary>
    private void RefuseToGoBack(Cursor cursor, ChainHead head)
    {
        if (IsBehind(cursor, head))
            throw new ChainUnknownException(Network.Name, $"the node is at {head.Height}, behind the last block read, {cursor.Height}");
    }

    private static bool IsBehind(Cursor cursor, ChainHead head) =>
        head.Height < cursor.Height && cursor.HashAt(head.Height) == head.Hash;

    /// <summary>Reads the next blocks, or walks back to the common ancestor if they do not follow what was read.</summary>
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
            throw new ChainUnknownException(Network.Name, "the node omitted blocks");
        if (blocks[0].ParentHash != scan.Cursor.Hash)
            await WalkBackAsync(scan, cancellation);
        else
            foreach (ChainBlock block in blocks)
                scan.Take(block, beganAt, Network);
    }

    private async Task WalkBackAsync(Scan scan, CancellationToken cancellation)
    {
        // A second reorg while the first is being read: this poll's head is no longer valid. The next poll has a new one.
        if (scan.WentBack)
            throw new ChainUnknownException(Network.Name, "the chain changed during the read");
        long height = scan.Cursor.Height;
        string known;
        do
        {
            height--;
            known = scan.Cursor.HashAt(height) ?? throw TooDeep(height + 1);
        }
        while (await chain.ReadBlockHashAsync(height, cancellation) != known);
        log.LogWarning(
            "{Network}: a reorg of {Depth} blocks, back to block {Height} {Hash}", Network.Name, scan.Cursor.Height - height, height, known);
        scan.GoBackTo(height);
    }

    /// <summary>A person may set the cursor back, so the next poll starts from storage.</summary>
    private ChainUnknownException TooDeep(long oldest)
    {
        Forget();
        return new(
            Network.Name,
            $"a reorg reaches below block {oldest}, the oldest with a stored hash; docs/operations.md says what to do: {DeepReorg}");
    }

    /// <summary>
    /// Finishes at the head: reads the mempool and finds the payments that are no longer in it or in any block. Returns a different
    /// head if the chain has a new one, because then this cannot be decided.
    /// </summary>
    private async Task<ChainHead> FinishAsync(Scan scan, ChainHead head, DateTimeOffset beganAt, CancellationToken cancellation)
    {
        IMempoolSource? source = chain as IMempoolSource;
        IReadOnlyList<ChainTransfer> mempool = source is null ? [] : await source.ReadMempoolAsync(scan.Memory.IsWatched, cancellation);
        foreach (ChainTransfer transfer in mempool)
            scan.Take(transfer, null, beganAt, Network);
        HashSet<string> shown = mempool.Select(transfer => transfer.Key).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<Spend> spends = source?.SpendsInMempool(scan.Memory.Inputs.Contains) ?? [];
        if (Network.IsStale(head, beganAt) || !scan.HasMissing(shown, spends))
            return head;
        // A payment that left the mempool may be in a newer block: it is lost only if the head has not moved.
        ChainHead now = await chain.ReadHeadAsync(cancellation);
        if (now.Hash != head.Hash)
            return IsBehind(scan.Cursor, now) ? head : now;
        scan.LoseMissing(shown, spends);
        return head;
    }

    /// <param name="memory">Receives what is stored.</param>
    /// <param name="scan">What was read.</param>
    /// <param name="head">The head that the poll reads up to.</param>
    /// <param name="completeSince">When the poll began, if everything up to the head was read; null for an intermediate step.</param>
    /// <param name="touched">Receives the invoices to wake.</param>
    /// <param name="cancellation">Cancels between two writes.</param>
    private async Task StoreAsync(
        PollerMemory memory, Scan scan, ChainHead head, DateTimeOffset? completeSince,
        Dictionary<string, Watch> touched, CancellationToken cancellation)
    {
        // During a catch-up an invoice knows the chain only as far as it was read: a depth that only the head has passed is pending.
        ChainHead read = head with { Height = scan.Cursor.Height };
        bool isMatch = false;
        List<(Watch, DepthMark)> done = [];
        memory.Fence.Announce(scan.From, scan.Cursor);
        foreach ((Watch watch, ViewedTransfer[] changed, DepthMark[] marks, DepthMark[] passed) in scan.Changes(read, Network))
        {
            isMatch = true;
            if (changed.Length + marks.Length > 0)
                await views.WriteAsync(memory.Fence, watch, changed, marks, scan.Cursor.Height, memory.Inputs.Of, cancellation);
            touched[watch.InvoiceId] = watch;
            memory.Watches.Gaps.Paid(watch);
            done.AddRange(passed.Select(mark => (watch, mark)));
        }
        foreach ((Watch watch, List<long> heights) in scan.Dust())
            await views.CountDustAsync(memory.Fence, watch, heights, cancellation);
        Cursor cursor = scan.Cursor with
        {
            Head = head,
            CompletePollBeganAt = completeSince ?? scan.Cursor.CompletePollBeganAt,
            IsFinalityStalled = Network.IsFinalityStalled(head),
            ScannedNow = ScannedRange.Due(scan.Cursor, isMatch, clock.GetUtcNow()),
        };
        bool isDue = cursor.Hash != memory.Cursor.Hash
            || scan.LookedUntil is not null
            || head != memory.Cursor.Head
            || cursor.CompletePollBeganAt - memory.Cursor.CompletePollBeganAt >= SaveInterval;
        memory.Apply(scan, isDue ? await cursors.SaveAsync(Network.Name, cursor, cancellation) : memory.Cursor);
        await views.PassDepthsAsync(memory.Fence, done, cancellation);
    }
}
