using System.Numerics;
using System.Text.Json;
using CoinPay.Core;
using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>
/// A chain with Ethereum's JSON-RPC. Tokens are found by their Transfer logs, from listed contracts only; the chain's
/// own coin by the transactions of whole blocks. A normal poll takes three batches: head, blocks, and what the blocks
/// need.
/// </summary>
public sealed class EvmChain : IChain, IBalanceSource, ITokenBalanceSource, IDestinationSource
{
    /// <summary>Providers limit batches, and a whole block is some hundred kilobytes.</summary>
    private const int BlocksPerBatch = 25;

    private readonly JsonRpc _rpc;
    private readonly EvmLogReader _logs;
    private readonly EvmBalanceCheck _balances;
    private readonly EvmBalanceSweep _sweep;
    private readonly EvmTokenBalances _tokens;
    private readonly EvmSettlementCheck _settlement;
    private readonly EvmSettingsCheck _settings;
    private readonly Asset? _coin;
    private ChainHead? _head;

    public EvmChain(Network network, HttpClient http, TimeProvider time)
    {
        Network = network;
        _rpc = new(network.Name, network.Rpc, http, null, time);
        _logs = new(network, _rpc);
        _balances = new(network, _rpc);
        _sweep = new(network, _rpc);
        _tokens = new(network, _rpc);
        _settlement = new(network, _rpc);
        _settings = new(network, _rpc);
        _coin = network.Assets.FirstOrDefault(asset => asset.Contract is null)?.Asset;
    }

    public Network Network { get; }

    public string RecipientOf(string address) => AddressUtil.Current.IsValidEthereumAddressHexFormat(address)
        ? address.ToLowerInvariant()
        : throw new FormatException("This is not an EVM address.");

    public Task<ChainHead> ReadHeadAsync(CancellationToken cancellation) => Known(async () =>
    {
        RpcAnswer<JsonElement>[] answers = await _rpc.BatchAsync<JsonElement>(
            [
                new RpcCall("eth_chainId"),
                BlockCall("latest"),
                BlockCall("safe"),
                BlockCall("finalized"),
                new RpcCall("eth_syncing"),
            ],
            cancellation);
        BigInteger chainId = Quantity.Number(_rpc.Read<string>(_rpc.ResultOf(answers[0], "eth_chainId")));
        if (chainId != Network.ChainId)
            throw new ChainUnknownException(Network.Name, $"the node serves another chain: {chainId}");
        if (IsSyncing(answers[4]))
            throw new ChainUnknownException(Network.Name, "the node has not caught up");
        EvmBlock head = _rpc.Read<EvmBlock>(_rpc.ResultOf(answers[1], "eth_getBlockByNumber"));
        _head = new ChainHead(head.Height, head.Hash, head.Time, HeightOf(answers[2]), HeightOf(answers[3]));
        return _head;
    });

    public Task<string?> ReadBlockHashAsync(long height, CancellationToken cancellation) => Known(async () =>
    {
        RpcAnswer<EvmBlock?>[] answers =
            await _rpc.BatchAsync<EvmBlock?>([BlockCall(Quantity.Hex(height))], cancellation);
        return answers[0].Error is { } error
            ? throw new ChainUnknownException(Network.Name, $"eth_getBlockByNumber: {error.Message} ({error.Code})")
            : answers[0].Result?.Hash;
    });

    public Task<IReadOnlyList<ChainBlock>> ReadBlocksAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation) =>
        Known(() => ReadChainedAsync(from, to, byHashAbove, isWatched, cancellation));

    /// <summary>
    /// Finds the chain's own coin sent by contracts: no log shows it, and the recipient is not the transaction's own.
    /// </summary>
    public Task<IReadOnlyList<SweptTransfer>> SweepAsync(
        IReadOnlyList<SweptAddress> addresses, ChainHead head, CancellationToken cancellation) =>
        Known(() => _sweep.RunAsync(addresses, head, cancellation));

    public Task<IReadOnlyList<SweptTransfer>> FindTokensAsync(
        IReadOnlyList<TokenHolder> holders, ChainHead head, CancellationToken cancellation) =>
        Known(() => _tokens.RunAsync(holders, head, cancellation));

    public Task<string?> FindLossAsync(string destination, CancellationToken cancellation) =>
        Known(() => _settlement.FindLossAsync(destination, cancellation));

    public Task<IReadOnlyList<AssetFinding>> CompareAsync(CancellationToken cancellation) =>
        Known(() => _settings.CompareAsync(cancellation));

    private async Task<IReadOnlyList<ChainBlock>> ReadChainedAsync(
        long from, long to, long byHashAbove, Func<string, bool> isWatched, CancellationToken cancellation)
    {
        List<ChainBlock> blocks = [];
        for (long first = from; first <= to; first += BlocksPerBatch)
        {
            long last = Math.Min(to, first + BlocksPerBatch - 1);
            EvmBlock[] headers = await ReadEvmBlocksAsync(first, last, cancellation);
            List<NativeTransfer> natives = NativeTransfers(headers, isWatched);
            Found found = await _logs.ReadAsync(headers, byHashAbove, natives, cancellation);
            ChainBlock[] read = [.. headers.Select(header => new ChainBlock(
                header.Height, header.Hash, header.ParentHash, header.Time, found.Of(header, isWatched)))];
            blocks.AddRange(await _balances.CheckAsync(read, found, byHashAbove, cancellation));
        }
        Chained.Require(Network, from, to, blocks, _head);
        return blocks;
    }

    private async Task<EvmBlock[]> ReadEvmBlocksAsync(long from, long to, CancellationToken cancellation)
    {
        List<RpcCall> calls = [];
        for (long height = from; height <= to; height++)
            calls.Add(BlockCall(Quantity.Hex(height), withTransactions: _coin is not null));
        RpcAnswer<EvmBlock>[] answers = await _rpc.BatchAsync<EvmBlock>(calls, cancellation);
        return [.. answers.Select(answer => _rpc.ResultOf(answer, "eth_getBlockByNumber"))];
    }

    /// <summary>
    /// Returns transactions that carry the coin to a watched address; their receipts say whether they succeeded.
    /// </summary>
    private List<NativeTransfer> NativeTransfers(EvmBlock[] blocks, Func<string, bool> isWatched)
    {
        List<NativeTransfer> transfers = [];
        if (_coin is null)
            return transfers;
        foreach (EvmBlock block in blocks)
            foreach (EvmTransaction transaction in _rpc.Read<EvmTransaction[]>(block.Transactions))
            {
                string? recipient = transaction.To?.ToLowerInvariant();
                BigInteger amount = Quantity.Number(transaction.Value);
                if (recipient is not null && amount > 0 && isWatched(recipient))
                    transfers.Add(new(block.Hash, new ChainTransfer(
                        _coin,
                        recipient,
                        transaction.From.ToLowerInvariant(),
                        transaction.Hash.ToLowerInvariant(),
                        "native",
                        amount)));
            }
        return transfers;
    }

    /// <summary>Whether an answer to eth_syncing says that blocks are missing: false, or an object with the progress.</summary>
    internal static bool IsSyncing(RpcAnswer<JsonElement> answer) => answer.Result.ValueKind == JsonValueKind.Object;

    /// <summary>Returns null on a chain without this tag.</summary>
    private long? HeightOf(RpcAnswer<JsonElement> answer) =>
        answer.Result.ValueKind == JsonValueKind.Object ? _rpc.Read<EvmBlock>(answer.Result).Height : null;

    private static RpcCall BlockCall(string block, bool withTransactions = false) =>
        new("eth_getBlockByNumber", block, withTransactions);

    /// <summary>Treats a malformed answer like no answer.</summary>
    private async Task<T> Known<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception nonsense) when (nonsense is FormatException or OverflowException)
        {
            throw new ChainUnknownException(Network.Name, "the node's answer is malformed: " + nonsense.Message, nonsense);
        }
    }
}
