using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Simulation.Runtime;

namespace CoinPay.Simulation.Chains;

/// <summary>
/// A transaction of a model chain. Two that spend the same coin exclude each other; on chains of Bitcoin's kind its name is an
/// outpoint's. <paramref name="Transfers"/> are those to our invoices.
/// </summary>
internal sealed record ModelTransaction(string Hash, string Coin, IReadOnlyList<ChainTransfer> Transfers, DateTimeOffset BroadcastAt)
{
    /// <summary>Miners leave it for later.</summary>
    public bool HasLowFee { get; init; }

    /// <summary>It spends the change of a transaction that replaced another.</summary>
    public bool HasContestedAncestor { get; init; }

    /// <summary>The miner's own: it exists in its block and nowhere else.</summary>
    public bool IsCoinbase { get; init; }
}

internal sealed record ModelBlock(
    long Height, string Hash, string ParentHash, DateTimeOffset Time, IReadOnlyList<ModelTransaction> Transactions);

/// <summary>The true state of a chain: its blocks, waiting transactions, and every block that ever existed.</summary>
internal sealed class ModelNetwork
{
    public const int FirstBlocks = 24;
    private readonly Dice _dice;
    private readonly VirtualTime _time;
    private readonly Dictionary<string, ModelBlock> _everMined = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _coins = new(StringComparer.Ordinal);

    public ModelNetwork(Network network, VirtualTime time, Dice dice)
    {
        (Network, _time, _dice) = (network, time, dice);
        for (int i = 0; i < FirstBlocks; i++)
            Mine([], time.GetUtcNow() - TimeSpan.FromMinutes(FirstBlocks - i));
    }

    public Network Network { get; }

    public bool IsEvm => Network.Family is EvmFamily;

    public List<ModelBlock> Blocks { get; } = [];

    public List<ModelTransaction> Pool { get; } = [];

    /// <summary>A miner has paid an invoice, which counts only after a hundred blocks.</summary>
    public bool HasCoinbasePayment { get; private set; }

    /// <summary>Called when something happens.</summary>
    public Action<string> Note { get; init; } = static _ => { };

    /// <summary>Increases with every change.</summary>
    public int Version { get; private set; }

    public long Height => Blocks[^1].Height;

    public ModelBlock? BlockEver(string hash) => _everMined.GetValueOrDefault(hash);

    /// <summary>The coins that a transaction spends, whether or not it was mined.</summary>
    public string CoinOf(string hash) => _coins[hash];

    public string NewHash() => (IsEvm ? "0x" : "") + _dice.Hex(32);

    public void Broadcast(ModelTransaction transaction)
    {
        Pool.Add(transaction);
        _coins.Add(transaction.Hash, transaction.Coin);
        Version++;
    }

    /// <summary>Mines a block with some of the waiting transactions.</summary>
    public void Mine(double share = 1)
    {
        // A block's stamp is the miner's clock: on chains of Bitcoin's kind it may be off by many minutes.
        int skew = IsEvm || !_dice.Chance(0.1) ? 0 : _dice.Between(-600, 300);
        List<ModelTransaction> mined = [];
        HashSet<string> spent = new(StringComparer.Ordinal);
        foreach (ModelTransaction transaction in Pool.Where(_ => _dice.Chance(share)))
            if (spent.Add(transaction.Coin))
                mined.Add(transaction);
        Pool.RemoveAll(transaction => spent.Contains(transaction.Coin));
        Mine(mined, _time.GetUtcNow() + TimeSpan.FromSeconds(skew));
    }

    /// <summary>Mines a block whose coinbase pays to an invoice, and nothing else.</summary>
    public void Mine(ModelTransaction coinbase)
    {
        HasCoinbasePayment = true;
        _coins.Add(coinbase.Hash, coinbase.Coin);
        Mine([coinbase], _time.GetUtcNow());
    }

    /// <summary>
    /// Another branch wins. What stood in the blocks that leave waits again, unless <paramref name="dropped"/>: then its
    /// coin was spent elsewhere. The new branch is longer and may hold it at other places.
    /// </summary>
    public void Reorganise(int depth, double dropped)
    {
        List<ModelBlock> left = Blocks[^depth..];
        Blocks.RemoveRange(Blocks.Count - depth, depth);
        foreach (ModelTransaction transaction in left.SelectMany(block => block.Transactions).Where(one => !_dice.Chance(dropped) && !one.IsCoinbase))
            Pool.Add(transaction);
        int longer = _dice.Between(1, 2);
        Note($"{Network.Name} reorganises: {depth} blocks from {Height + 1} on are replaced by {depth + longer}");
        for (int i = 0; i < depth + longer; i++)
            Mine(0.4);
    }

    /// <summary>Replaces a waiting transaction with one that spends the same coin, or with nothing of ours.</summary>
    public void Replace(ModelTransaction waiting, ModelTransaction? by)
    {
        Pool.Remove(waiting);
        Version++;
        if (by is not null)
            Broadcast(by);
    }

    private void Mine(IReadOnlyList<ModelTransaction> transactions, DateTimeOffset at)
    {
        long height = Blocks.Count == 0 ? 0 : Height + 1;
        string parent = Blocks.Count == 0 ? (IsEvm ? "0x" : "") + new string('0', 64) : Blocks[^1].Hash;
        ModelBlock block = new(height, NewHash(), parent, at, transactions);
        Blocks.Add(block);
        Note($"{Network.Name} block {height} {block.Hash}: {string.Join(' ', transactions.Select(one => one.Hash))}");
        _everMined.Add(block.Hash, block);
        Version++;
    }
}
