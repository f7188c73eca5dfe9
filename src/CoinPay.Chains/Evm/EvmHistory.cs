using System.Numerics;
using CoinPay.Core;
using Nethereum.Util;

namespace CoinPay.Chains.Evm;

/// <summary>Money of one asset that a forwarder paid out to its settlement address.</summary>
internal sealed record Flushed(long Height, BigInteger Amount, string TransactionHash);

/// <summary>Money that arrived at an address in a block.</summary>
internal sealed record Rise(BlockReference Block, BigInteger Amount);

/// <summary>Reads the history of one address from an EVM node.</summary>
internal sealed class EvmHistory(Network network, JsonRpc rpc)
{
    /// <summary>A chain's clock can be ahead of ours by this much.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(10);
    private const int LargestSpan = 2_000;

    /// <summary>
    /// The maximum of log calls in one sweep. An invoice's lifetime takes a few; months on a fast chain take thousands.
    /// </summary>
    private const int MaxLogCalls = 100;

    /// <summary>Forwarder.sol: <c>event Flushed(address indexed token, uint256 amount)</c>.</summary>
    private static readonly string FlushedTopic = "0x" + Sha3Keccack.Current.CalculateHash("Flushed(address,uint256)");

    private int _span = LargestSpan;
    private int _logCalls;

    /// <summary>Begins a sweep and resets its call counter.</summary>
    public void BeginSweep() => _logCalls = 0;

    /// <summary>Returns a block mined before an instant, where the search begins.</summary>
    public async Task<long> BlockBeforeAsync(DateTimeOffset instant, ChainHead head, CancellationToken cancellation)
    {
        long low = 0, high = head.Height;
        while (high - low > 1)
        {
            long middle = low + (high - low) / 2;
            EvmBlock block = await HeaderAsync(middle, cancellation);
            if (block.Time < instant - ClockDifference)
                low = middle;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>
    /// Returns what a forwarder paid out by its own logs, latest first; halves the range whenever the provider refuses
    /// it. After too many calls the oldest are left out, so the result can be too low but never too high.
    /// </summary>
    /// <param name="token">A contract, or <see cref="EvmAddress.NativeCoin"/>.</param>
    public async Task<IReadOnlyList<Flushed>> FlushesAsync(
        string forwarder, string token, long from, long to, CancellationToken cancellation)
    {
        string[] topics = [FlushedTopic, ContractAbi.TopicOf(token)];
        List<Flushed> flushes = [];
        while (from <= to && _logCalls++ < MaxLogCalls)
        {
            long first = Math.Max(from, to - _span + 1);
            RpcCall call = new("eth_getLogs", new
            {
                address = forwarder,
                topics,
                fromBlock = Quantity.Hex(first),
                toBlock = Quantity.Hex(to),
            });
            RpcAnswer<EvmLog[]>[] answers = await rpc.BatchAsync<EvmLog[]>([call], cancellation);
            if (answers[0].Error is not null && to > first)
            {
                _span = (int)(to - first + 1) / 2;
                continue;
            }
            flushes.AddRange(EvmLogs.Unique(network.Name, rpc.ResultOf(answers[0], "eth_getLogs")).Select(
                log => new Flushed(Quantity.Height(log.BlockNumber), ContractAbi.NumberOf(log.Data), log.TransactionHash)));
            to = first - 1;
        }
        return flushes;
    }

    /// <summary>
    /// Finds, by bisection, the first block above <paramref name="from"/> up to <paramref name="to"/> at which
    /// <paramref name="measure"/> of the balance is more than <paramref name="above"/>. Returns null if the node does
    /// not have the state of old blocks or its answers are inconsistent.
    /// </summary>
    public async Task<Rise?> FirstRiseAsync(
        string address, long from, long to, BigInteger above, Func<BigInteger, long, BigInteger> measure,
        CancellationToken cancellation)
    {
        long low = from, high = to;
        while (high - low > 1)
        {
            long middle = low + (high - low) / 2;
            if (await BalanceAsync(address, Quantity.Hex(middle), cancellation) is not { } held)
                return null;
            if (measure(held, middle) > above)
                high = middle;
            else
                low = middle;
        }
        EvmBlock block = await HeaderAsync(high, cancellation);
        BigInteger? before = await BalanceAsync(address, new { blockHash = block.ParentHash }, cancellation);
        BigInteger? after = await BalanceAsync(address, new { blockHash = block.Hash }, cancellation);
        bool isRise = before is not null && after is not null && measure(before.Value, high - 1) == above
            && measure(after.Value, high) > above;
        return isRise
            ? new Rise(new(block.Height, block.Hash, block.Time), measure(after!.Value, high) - above)
            : null;
    }

    private async Task<BigInteger?> BalanceAsync(string address, object block, CancellationToken cancellation)
    {
        RpcAnswer<string>[] answers =
            await rpc.BatchAsync<string>([new RpcCall("eth_getBalance", address, block)], cancellation);
        return answers[0].Result is { } balance ? Quantity.Number(balance) : null;
    }

    private async Task<EvmBlock> HeaderAsync(long height, CancellationToken cancellation)
    {
        EvmBlock block =
            await rpc.CallAsync<EvmBlock>("eth_getBlockByNumber", cancellation, Quantity.Hex(height), false);
        return block.Height == height
            ? block
            : throw new ChainUnknownException(network.Name, $"received block {block.Height} instead of {height}");
    }
}
