using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains.Evm;

/// <summary>
/// Finds money that contracts sent: at one block, what an address holds plus what left it, minus what is known to have
/// arrived. If there is a remainder, bisection finds the block that it arrived in and traces the transaction. Without
/// traces, or without the state of old blocks, the money is reported under the block's own hash and as ambiguous.
/// Source: EIP-1898 (a block by its hash).
/// </summary>
internal sealed class EvmBalanceSweep(Network network, JsonRpc rpc)
{
    public const string BalanceOrdinal = "balance";

    private const int CallsPerBatch = 500;

    /// <summary>The maximum of payments found for one address in one sweep; the next sweep continues.</summary>
    private const int MaxPayments = 16;

    private readonly NetworkAsset? _coin = network.Assets.FirstOrDefault(listed => listed.Contract is null);
    private readonly EvmHistory _history = new(network, rpc);
    private readonly EvmTraces _traces = new(rpc);

    public async Task<IReadOnlyList<SweptTransfer>> RunAsync(
        IReadOnlyList<SweptAddress> addresses, ChainHead head, CancellationToken cancellation)
    {
        List<SweptTransfer> found = [];
        if (_coin is not { } coin)
            return found;
        _history.BeginSweep();
        foreach (SweptAddress[] chunk in addresses.Chunk(CallsPerBatch))
        {
            BigInteger[] balances =
                [.. (await ReadEachAsync("eth_getBalance", chunk, head, cancellation)).Select(Quantity.Number)];
            (SweptAddress Address, BigInteger Balance)[] open =
                [.. chunk.Zip(balances).Where(swept => swept.First.IsFirst || !swept.Second.IsZero)];
            // An invoice's contract exists only after it was emptied, so money could have arrived unseen.
            string[] codes = await ReadEachAsync("eth_getCode", [.. open.Select(swept => swept.Address)], head, cancellation);
            foreach (((SweptAddress address, BigInteger balance), string code) in open.Zip(codes))
                if (!balance.IsZero || code != "0x")
                    found.AddRange(await ExamineAsync(address, balance, code != "0x", coin, head, cancellation));
        }
        return found;
    }

    private async Task<string[]> ReadEachAsync(
        string method, SweptAddress[] addresses, ChainHead head, CancellationToken cancellation)
    {
        if (addresses.Length == 0)
            return [];
        RpcAnswer<string>[] answers = await rpc.BatchAsync<string>(
            [.. addresses.Select(address => new RpcCall(method, address.Recipient, new { blockHash = head.Hash }))],
            cancellation);
        return [.. answers.Select(answer => rpc.ResultOf(answer, method))];
    }

    private async Task<List<SweptTransfer>> ExamineAsync(
        SweptAddress address, BigInteger balance, bool isDeployed, NetworkAsset coin, ChainHead head,
        CancellationToken cancellation)
    {
        IReadOnlyList<KnownPayment> known = await address.KnownAsync();
        BigInteger least = BigInteger.Max(coin.Dust, BigInteger.One);
        bool isExplained = !isDeployed && Unexplained(balance, known, [], head.Height) < least;
        if (isExplained)
            return [];
        long first = await _history.BlockBeforeAsync(address.WatchedSince, head, cancellation);
        IReadOnlyList<Flushed> flushed = isDeployed
            ? await _history.FlushesAsync(address.Recipient, EvmAddress.NativeCoin, first, head.Height, cancellation)
            : [];
        BigInteger total = Unexplained(balance, known, flushed, head.Height);
        List<SweptTransfer> found = [];
        BigInteger explained = BigInteger.Zero;
        for (int i = 0; i < MaxPayments && total - explained >= least; i++)
        {
            Rise? rise = await _history.FirstRiseAsync(
                address.Recipient, first, head.Height, explained,
                (held, height) => Unexplained(held, known, flushed, height), cancellation);
            if (rise is null)
            {
                found.Add(Ambiguous(coin, address, total - explained, new(head.Height, head.Hash, head.Time)));
                break;
            }
            found.AddRange(await NameAsync(address, rise, known, coin, cancellation));
            explained += rise.Amount;
            first = rise.Block.Height;
        }
        return found;
    }

    /// <summary>
    /// Returns what arrived up to a height but is not recorded: what is held plus what left, minus what is known.
    /// </summary>
    private static BigInteger Unexplained(
        BigInteger held, IEnumerable<KnownPayment> known, IEnumerable<Flushed> flushed, long height)
    {
        foreach (Flushed flush in flushed.Where(flush => flush.Height <= height))
            held += flush.Amount;
        foreach (KnownPayment payment in known.Where(payment => payment.Height <= height))
            held -= payment.Amount;
        return held;
    }

    /// <summary>
    /// Returns the transactions that brought the rise in a block; an amount that traces do not explain is reported as
    /// the block's, ambiguous.
    /// </summary>
    private async Task<List<SweptTransfer>> NameAsync(
        SweptAddress address, Rise rise, IReadOnlyList<KnownPayment> known, NetworkAsset coin,
        CancellationToken cancellation)
    {
        HashSet<string> booked = known.Select(payment => payment.TransactionHash).ToHashSet(StringComparer.Ordinal);
        List<TracedPayment> traced = [.. (await _traces.ReadAsync(rise.Block, address.Recipient, cancellation))
            .Where(payment => !booked.Contains(payment.TransactionHash))];
        BigInteger sum = traced.Aggregate(BigInteger.Zero, (all, payment) => all + payment.Amount);
        if (sum > rise.Amount)
            return [Ambiguous(coin, address, rise.Amount, rise.Block)];
        List<SweptTransfer> named = [.. traced.Select(payment => new SweptTransfer(
            new(coin.Asset, address.Recipient, payment.From, payment.TransactionHash, "native", payment.Amount), rise.Block))];
        if (sum < rise.Amount)
            named.Add(Ambiguous(coin, address, rise.Amount - sum, rise.Block));
        return named;
    }

    private static SweptTransfer Ambiguous(
        NetworkAsset coin, SweptAddress address, BigInteger amount, BlockReference block) => new(
        new(coin.Asset, address.Recipient, null, block.Hash, BalanceOrdinal, amount) { IsAmbiguous = true }, block);
}
