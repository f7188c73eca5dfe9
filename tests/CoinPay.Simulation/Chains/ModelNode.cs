using CoinPay.Chains;
using CoinPay.Simulation.Runtime;
using CoinPay.Testing.Chains;

namespace CoinPay.Simulation.Chains;

/// <summary>
/// A network as its one node shows it: correctly, not at all, or in an older state. Every answer is recorded as evidence.
/// </summary>
internal sealed class ModelNode(ModelNetwork chain, VirtualTime time, Dice dice) : IChain, IMempoolSource, IHistorySource
{
    private const int SafeDepth = 4;
    private MempoolModel _mempool = new();
    private ChainHead? _head;
    private (List<ModelBlock> Blocks, List<ModelTransaction> Pool)? _frozen;
    private DateTimeOffset _beganAt;

    public ModelNetwork Chain => chain;

    public Network Network => chain.Network;

    /// <summary>Null if the node is healthy.</summary>
    public Fault? Trouble
    {
        get;
        set
        {
            field = value;
            _frozen = value == Fault.HeadFrozen ? _frozen ?? ([.. chain.Blocks], [.. chain.Pool]) : null;
        }
    }

    /// <summary>The number of blocks by which a lagging node is behind.</summary>
    public int Lag { get; set; }

    /// <summary>The heights at which <c>safe</c> and <c>finalized</c> are stuck; null while they follow the head.</summary>
    public (long Safe, long Finalized)? FinalityStoodAt { get; set; }

    /// <summary>Probability that the chain moves between two answers.</summary>
    public double Restless { get; set; }

    public Action<Fault> Struck { get; set; } = static _ => { };

    public Evidence Evidence { get; private init; } = new();

    /// <summary>A healthy node of the same chain, through which another process reads it. What either shows, the gateway can know.</summary>
    public ModelNode Twin() => new(chain, time, dice) { Evidence = Evidence, _mempool = _mempool, Struck = Struck };

    public void StopFinality() => FinalityStoodAt ??= Finality(chain.Height);

    public string RecipientOf(string address) => chain.IsEvm ? address.ToLowerInvariant() : address;

    public Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation) => Task.FromResult(Agreeing.With(Network));

    public async Task<ChainHead> ReadHeadAsync(CancellationToken cancellation)
    {
        _beganAt = time.GetUtcNow();
        await RequireAsync(cancellation);
        ModelBlock head = Shown[^1];
        (long safe, long finalized) = Finality(head.Height);
        _head = new(head.Height, head.Hash, head.Time, chain.IsEvm ? safe : null, chain.IsEvm ? finalized : null);
        if (Network.IsFinalityStalled(_head))
            Struck(Fault.FinalityStalled);
        Evidence.Show(_head);
        Move();
        return _head;
    }

    public async Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation)
    {
        await RequireAsync(cancellation);
        return Shown.Find(block => block.Height == height)?.Hash;
    }

    public async Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        await RequireAsync(cancellation);
        List<ModelBlock> blocks = [.. Shown.Where(block => block.Height >= from && block.Height <= to)];
        if (Trouble == Fault.NodeCutsShort && dice.Chance(0.5))
            blocks.RemoveAt(blocks.Count - 1);
        List<ChainBlock> answer = [.. blocks.Select(block => new ChainBlock(
            block.Height, block.Hash, block.ParentHash, block.Time,
            [.. block.Transactions.SelectMany(transaction => transaction.Transfers).Where(transfer => isWatched(transfer.Recipient))])
        {
            Spends = chain.IsEvm ? [] : MempoolModel.Spends(block.Transactions, isWatched),
        })];
        // As the adapters do.
        Chained.Require(Network, from, to, answer, _head);
        Evidence.Show(answer.SelectMany(block => block.Spends));
        foreach (ChainBlock block in answer)
            foreach (ChainTransfer transfer in block.Transfers)
                Evidence.Show(transfer, block.Time, _beganAt);
        Move();
        return answer;
    }

    public async Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(Func<string, bool> isWatched, CancellationToken cancellation)
    {
        await RequireAsync(cancellation);
        List<ChainTransfer> answer = chain.IsEvm
            ? []
            : [.. _mempool.Read(_frozen?.Pool ?? chain.Pool).Where(transfer => isWatched(transfer.Recipient))];
        foreach (ChainTransfer transfer in answer)
            Evidence.Show(transfer, null, _beganAt);
        IEnumerable<Evidence.Shown> mined =
            from block in Shown
            from transaction in block.Transactions
            from transfer in transaction.Transfers
            select new Evidence.Shown(transfer, block.Hash);
        // What a node that stands still does not show is unknown.
        if (!Network.IsStale(_head!, _beganAt))
            Evidence.Complete(
                _beganAt, Network.IsFinalityStalled(_head!), Shown[^1].Hash == _head!.Hash, [.. answer.Select(transfer => new Evidence.Shown(transfer, null)), .. mined]);
        Move();
        return answer;
    }

    public async Task<HistoryPart> ReadHistoryAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation)
    {
        await RequireAsync(cancellation);
        HashSet<string> paid = [.. Shown.SelectMany(block => block.Transactions).SelectMany(one => one.Transfers).Select(transfer => transfer.Recipient)];
        return new([.. Enumerable.Range(0, addresses.Count).Where(i => paid.Contains(RecipientOf(addresses[i])))], Next: null, IsWhole: true);
    }

    public IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched) => MempoolModel.Spends(_mempool.Transactions, isWatched);

    private (long Safe, long Finalized) Finality(long height)
    {
        (long safe, long finalized) = (Math.Max(0, height - SafeDepth), Math.Max(0, height - OfferedNetworks.FinalizedDepth));
        return FinalityStoodAt is { } stood ? (Math.Min(stood.Safe, safe), Math.Min(stood.Finalized, finalized)) : (safe, finalized);
    }

    private List<ModelBlock> Shown => Trouble == Fault.NodeLags ? chain.Blocks[..^Lag] : _frozen?.Blocks ?? chain.Blocks;

    private async Task RequireAsync(CancellationToken cancellation)
    {
        if (Trouble is { } fault)
            Struck(fault);
        if (Trouble == Fault.NodeSilent)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        if (Trouble is Fault.NodeDown or Fault.NodeOnAnotherChain
            || (Trouble == Fault.NodeCutsShort && dice.Chance(0.3)))
            throw new ChainUnknownException(Network.Name, $"{Trouble}");
    }

    private void Move()
    {
        if (!dice.Chance(Restless))
            return;
        Struck(Fault.ChainMovesDuringPoll);
        if (dice.Chance(0.5))
            chain.Mine(0.7);
        else
            chain.Reorganise(dice.Between(1, 3), 0.1);
    }
}
