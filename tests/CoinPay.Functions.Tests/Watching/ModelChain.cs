using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Core;
using CoinPay.Testing.Chains;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>A chain in memory that a test mines, reorganises and silences. Hashes follow from content, as on a real one.</summary>
internal sealed class ModelChain : IChain, IMempoolSource, ITokenBalanceSource
{
    public static readonly Asset Coin = new("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", "BTC", 8);

    private readonly List<ChainBlock> _blocks = [];
    private readonly List<ChainTransfer> _mempool = [];
    private int _salt;

    public ModelChain(string name) => Network = new()
    {
        Name = name,
        Id = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
        Family = BitcoinFamily.Instance,
        Rpc = new Uri("http://127.0.0.1:1"),
        Confirmations = 2,
        Assets = [new NetworkAsset { Asset = Coin, Dust = 500 }],
    };

    public Network Network { get; private set; }

    public TimeSpan? MaxHeadAge
    {
        set => Network = Network with { MaxHeadAge = value };
    }

    public long? FinalityLag
    {
        set => Network = Network with { FinalityLag = value };
    }

    /// <summary>When the next block is mined; a minute after the one before unless a test sets it.</summary>
    public DateTimeOffset? NextBlockAt { get; set; }

    public bool IsSilent { get; set; }

    public long? Finalized { get; set; }

    /// <summary>What recipients hold, whatever blocks show.</summary>
    public Dictionary<string, BigInteger> Held { get; } = new(StringComparer.Ordinal);

    /// <summary>How many balances were looked at, poll by poll.</summary>
    public List<int> Looks { get; } = [];

    /// <summary>The node does not tell what addresses hold.</summary>
    public bool HidesTokens { get; set; }

    /// <summary>Runs after the named step of a poll has been answered: <c>head</c>, <c>blocks</c>, <c>mempool</c>.</summary>
    public Func<string, Task> AfterStep { get; set; } = _ => Task.CompletedTask;

    /// <summary>Hears how many blocks were read at once.</summary>
    public Action<int> AfterBlocks { get; set; } = _ => { };

    public long Height => _blocks.Count - 1;

    public string RecipientOf(string address) => address;

    public Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation) => Task.FromResult(Agreeing.With(Network));

    /// <param name="spends">The outpoints that the transaction spends.</param>
    public static ChainTransfer Transfer(string recipient, string transaction, BigInteger amount, params string[] spends) =>
        new(Coin, recipient, null, transaction, "0", amount) { Inputs = Outpoints.Of(spends) };

    /// <summary>Mines a block with these transfers; they leave the mempool.</summary>
    public void Mine(params ChainTransfer[] transfers)
    {
        string parent = _blocks.Count == 0 ? new string('0', 64) : _blocks[^1].Hash;
        string content = $"{parent}{_salt++}{string.Join(',', transfers.Select(transfer => transfer.Key))}";
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
        _blocks.Add(new(_blocks.Count, hash, parent, NextBlockAt ?? DateTimeOffset.UnixEpoch.AddMinutes(_blocks.Count), transfers));
        _mempool.RemoveAll(waiting => transfers.Any(mined => mined.Key == waiting.Key));
    }

    public void MineEmpty(int count)
    {
        for (int i = 0; i < count; i++)
            Mine();
    }

    /// <summary>The chain's blocks now, to be switched back to.</summary>
    public IReadOnlyList<ChainBlock> Branch() => [.. _blocks];

    /// <summary>A branch that lost wins again.</summary>
    public void SwitchTo(IReadOnlyList<ChainBlock> branch)
    {
        _blocks.Clear();
        _blocks.AddRange(branch);
    }

    /// <summary>Takes the last blocks away; what they held is gone unless a test puts it somewhere.</summary>
    public void Drop(int blocks) => _blocks.RemoveRange(_blocks.Count - blocks, blocks);

    public void Broadcast(ChainTransfer transfer) => _mempool.Add(transfer);

    public void Evict(ChainTransfer transfer) => _mempool.RemoveAll(waiting => waiting.Key == transfer.Key);

    public async Task<ChainHead> ReadHeadAsync(CancellationToken cancellation)
    {
        if (IsSilent)
            throw new ChainUnknownException(Network.Name, "silent");
        ChainHead head = new(Height, _blocks[^1].Hash, _blocks[^1].Time, null, Finalized);
        await AfterStep("head");
        return head;
    }

    public Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation) =>
        Task.FromResult(height < _blocks.Count ? _blocks[(int)height].Hash : null);

    public async Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        List<ChainBlock> blocks = _blocks
            .Where(block => block.Height >= from && block.Height <= to)
            .Select(block => block with
            {
                Transfers = [.. block.Transfers.Where(transfer => isWatched(transfer.Recipient))],
                Spends = [.. Spends(block.Transfers, isWatched)],
            })
            .ToList();
        AfterBlocks(blocks.Count);
        await AfterStep("blocks");
        return blocks;
    }

    public async Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(Func<string, bool> isWatched, CancellationToken cancellation)
    {
        List<ChainTransfer> waiting = _mempool.Where(transfer => isWatched(transfer.Recipient)).ToList();
        await AfterStep("mempool");
        return waiting;
    }

    public async Task<IReadOnlyList<SweptTransfer>> FindTokensAsync(
        IReadOnlyList<TokenHolder> holders, ChainHead head, CancellationToken cancellation)
    {
        if (HidesTokens)
            throw new ChainUnknownException(Network.Name, "no balances");
        Looks.Add(holders.Count);
        List<SweptTransfer> found = [];
        foreach (TokenHolder holder in holders.Where(holder => Held.ContainsKey(holder.Recipient)))
            if (Held[holder.Recipient] - (await holder.KnownAsync(Network.Assets[0])).Recorded is { IsZero: false } amount)
                found.Add(new(
                    new(Coin, holder.Recipient, null, head.Hash, "token.balance", amount) { IsAmbiguous = true },
                    new(head.Height, head.Hash, head.Time)));
        return found;
    }

    public IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched) => [.. Spends(_mempool, isWatched)];

    private static IEnumerable<Spend> Spends(IEnumerable<ChainTransfer> transfers, Func<string, bool> isWatched) =>
        from transfer in transfers
        from outpoint in transfer.Inputs.All
        where isWatched(outpoint)
        select new Spend(outpoint, transfer.TransactionHash);
}
