using System.Text.Json;
using NBitcoin;

namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// A Bitcoin-family chain, read from its own node (bitcoind, litecoind). Outputs are matched by script, which both
/// nodes show in the same form, and spenders by outpoint; blocks are read by hash.
/// </summary>
public sealed class BitcoinChain(
    Network network, HttpClient http, INodeCredentials? credentials, TimeProvider time) : IChain, IMempoolSource, IHistorySource
{
    /// <summary>Full blocks are large, and this many are in memory at once.</summary>
    private const int BlocksPerBatch = 4;
    private const int HashesPerBatch = 200;

    /// <summary>A node whose headers run this far ahead of its blocks has not caught up.</summary>
    private const int MaxHeadersAhead = 6;
    private readonly JsonRpc _rpc = new(network.Name, network.Rpc, http, credentials, time);
    private readonly Mempool _mempool = new(time);
    private readonly NBitcoin.Network _addresses = BitcoinNetworks.Of(network);
    private readonly BitcoinTransfers _transfers = new(network);
    private MempoolTrust Trust => field ??= new(network, _rpc, _mempool);
    private ChainHead? _head;

    public Network Network => network;

    public string RecipientOf(string address) => BitcoinAddress.Create(address, _addresses).ScriptPubKey.ToHex();

    public async Task<ChainHead> ReadHeadAsync(CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await _rpc.BatchAsync<JsonElement>(
            [new RpcCall("getblockhash", 0), new RpcCall("getblockchaininfo"), new RpcCall("getconnectioncount")], cancellation);
        RequireThisChain(_rpc.Read<string>(_rpc.ResultOf(answers[0], "getblockhash")));
        BlockchainInfo info = _rpc.Read<BlockchainInfo>(_rpc.ResultOf(answers[1], "getblockchaininfo"));
        RequireCaughtUp(info);
        RequirePeers(answers[2]);
        DateTimeOffset minedAt = DateTimeOffset.FromUnixTimeSeconds(info.Time ?? info.MedianTime);
        _head = new ChainHead(info.Blocks, info.BestBlockHash, minedAt, Safe: null, Finalized: null);
        return _head;
    }

    public async Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation)
    {
        RpcAnswer<string>[] answers =
            await _rpc.BatchAsync<string>([new RpcCall("getblockhash", height)], cancellation);
        bool pastTheHead = answers[0].Error is { Code: RpcInvalidParameter };
        return pastTheHead ? null : _rpc.ResultOf(answers[0], "getblockhash");
    }

    public async Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        List<ChainBlock> blocks = [];
        for (long first = from; first <= to; first += HashesPerBatch)
        {
            string[] hashes = _head is { } head && (first, to) == (head.Height, head.Height)
                ? [head.Hash]
                : await ReadHashesAsync(first, Math.Min(to, first + HashesPerBatch - 1), cancellation);
            foreach (string[] chunk in hashes.Chunk(BlocksPerBatch))
                blocks.AddRange(await ReadFullBlocksAsync(chunk, isWatched, cancellation));
        }
        Chained.Require(network, from, to, blocks, _head);
        return blocks;
    }

    public async Task<IReadOnlyList<ChainTransfer>> ReadMempoolAsync(
        Func<string, bool> isWatched, CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await _rpc.BatchAsync<JsonElement>(
            [new RpcCall("getmempoolinfo"), new RpcCall("getrawmempool")], cancellation);
        // A transaction that the node has not reloaded yet has not left its mempool.
        MempoolInfo info = _rpc.Read<MempoolInfo>(_rpc.ResultOf(answers[0], "getmempoolinfo"));
        if (info.Loaded == false)
            throw new ChainUnknownException(network.Name, "the node is still loading its mempool");
        string[] listed = _rpc.Read<string[]>(_rpc.ResultOf(answers[1], "getrawmempool"));
        _mempool.Keep(listed);
        foreach (string[] unread in _mempool.Unread(listed).Chunk(Mempool.TransactionsPerBatch))
            await ReadTransactionsAsync(unread, isWatched, cancellation);
        _mempool.IsRead();
        await Trust.JudgeAsync(info, isWatched, cancellation);
        return _mempool.Matching(isWatched);
    }

    public Task<HistoryPart> ReadHistoryAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation) =>
        new BitcoinHistory(network, _rpc, RecipientOf, ReadFullBlocksAsync).ReadAsync(addresses, from, cancellation);

    public IReadOnlyList<Spend> SpendsInMempool(Func<string, bool> isWatched) => _mempool.Spends(isWatched);

    public async Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation)
    {
        RpcAnswer<JsonElement>[] answers = await _rpc.BatchAsync<JsonElement>(
            [new RpcCall("getblockhash", 0), new RpcCall("getblockchaininfo")], cancellation);
        string genesis = _rpc.Read<string>(_rpc.ResultOf(answers[0], "getblockhash"));
        string chain = _rpc.Read<ChainName>(_rpc.ResultOf(answers[1], "getblockchaininfo")).Chain;
        string? difference = !IsGenesis(genesis) ? $"{network.Name} has the id {network.Id}, but the node's genesis block is {genesis}."
            : chain != network.Chain ? $"{network.Name} is the chain {network.Chain} in networks.json, but the node's is {chain}."
            : null;
        return [.. network.Assets.Select(asset => new AssetFinding(asset, difference))];
    }

    private async Task ReadTransactionsAsync(string[] ids, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        RpcAnswer<BitcoinTransaction>[] answers = await _rpc.BatchAsync<BitcoinTransaction>(
            [.. ids.Select(id => new RpcCall("getrawtransaction", id, true))], cancellation);
        for (int i = 0; i < ids.Length; i++)
        {
            bool leftMeanwhile =
                answers[i].Error is { Code: RpcInvalidAddressOrKey } || answers[i].Result?.BlockHash is not null;
            if (leftMeanwhile)
                continue;
            BitcoinTransaction transaction = _rpc.ResultOf(answers[i], "getrawtransaction");
            _mempool.Add(
                ids[i],
                _transfers.Of(transaction, static _ => true),
                BitcoinTransfers.AllInputsOf(transaction),
                isWatched);
        }
    }

    private async Task<string[]> ReadHashesAsync(long from, long to, CancellationToken cancellation)
    {
        RpcAnswer<string>[] answers = await _rpc.BatchAsync<string>(
            [.. Heights(from, to).Select(height => new RpcCall("getblockhash", height))], cancellation);
        return [.. answers.Select(answer => _rpc.ResultOf(answer, "getblockhash"))];
    }

    private async Task<IEnumerable<ChainBlock>> ReadFullBlocksAsync(
        string[] hashes, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        const int withTransactions = 2;
        RpcAnswer<BitcoinBlock>[] answers = await _rpc.BatchAsync<BitcoinBlock>(
            [.. hashes.Select(hash => new RpcCall("getblock", hash, withTransactions))], cancellation);
        return answers.Select((answer, i) => Read(hashes[i], _rpc.ResultOf(answer, "getblock"), isWatched));
    }

    private ChainBlock Read(string hash, BitcoinBlock block, Func<string, bool> isWatched)
    {
        bool onBestChain = block.Hash == hash && block.Confirmations > 0;
        if (!onBestChain)
            throw new ChainUnknownException(network.Name, $"block {hash} left the best chain while it was being read");
        return new ChainBlock(
            block.Height,
            block.Hash,
            block.PreviousBlockHash ?? "",
            DateTimeOffset.FromUnixTimeSeconds(block.Time),
            [.. block.Tx.SelectMany(transaction => _transfers.Of(transaction, isWatched))])
        {
            Spends = [.. block.Tx.SelectMany(transaction => BitcoinTransfers.SpendsOf(transaction, isWatched))],
        };
    }

    private void RequireThisChain(string genesis)
    {
        if (!IsGenesis(genesis))
            throw new ChainUnknownException(network.Name, $"the node serves another chain: genesis {genesis}");
    }

    /// <summary>Without peers a node learns of no block and no payment, and says that it has caught up.</summary>
    private void RequirePeers(RpcAnswer<JsonElement> answer)
    {
        if (network.Chain != "regtest" && _rpc.Read<int>(_rpc.ResultOf(answer, "getconnectioncount")) == 0)
            throw new ChainUnknownException(network.Name, "the node has no peers");
    }

    private bool IsGenesis(string hash) =>
        hash.StartsWith(network.Id[(network.Id.IndexOf(':', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal);

    private void RequireCaughtUp(BlockchainInfo info)
    {
        // A regtest node reports initial block download whenever its last block is a day old.
        bool behind = info.InitialBlockDownload || info.Headers - info.Blocks > MaxHeadersAhead;
        if (behind && network.Chain != "regtest")
            throw new ChainUnknownException(network.Name, $"the node has {info.Blocks} of {info.Headers} blocks");
    }

    private static IEnumerable<long> Heights(long from, long to)
    {
        for (long height = from; height <= to; height++)
            yield return height;
    }

    // Error codes of src/rpc/protocol.h.
    private const int RpcInvalidAddressOrKey = -5;
    private const int RpcInvalidParameter = -8;
}
