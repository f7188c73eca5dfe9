using System.Numerics;

namespace CoinPay.Chains.Evm;

/// <summary>What a transaction offers for a unit of gas, in base units of the chain's coin.</summary>
/// <param name="Max">The most it pays (maxFeePerGas); on a chain without a base fee, what it pays.</param>
/// <param name="Priority">The block producer's part (EIP-1559); null on a chain without a base fee.</param>
public sealed record GasFees(BigInteger Max, BigInteger? Priority)
{
    public static GasFees None { get; } = new(0, 0);

    /// <summary>
    /// The least with which a pool replaces a transaction of these fees, and a bit more: geth and the others want a tenth
    /// more in both. Source: txpool.pricebump in https://geth.ethereum.org/docs/fundamentals/command-line-options
    /// </summary>
    public GasFees Raised => new(Raise(Max), Priority is { } priority ? Raise(priority) : null);

    /// <summary>Returns the higher of both in each fee.</summary>
    public GasFees AtLeast(GasFees other) => new(
        BigInteger.Max(Max, other.Max), Priority is { } priority ? BigInteger.Max(priority, other.Priority ?? 0) : null);

    /// <summary>Returns these fees, but none above <paramref name="most"/>.</summary>
    public GasFees Within(BigInteger most) => new(
        BigInteger.Min(Max, most), Priority is { } priority ? BigInteger.Min(priority, most) : null);

    private static BigInteger Raise(BigInteger fee) => fee * 9 / 8 + 1;
}

/// <summary>What gas costs on a network now.</summary>
/// <param name="Price">What a transaction in the next block pays for a unit.</param>
/// <param name="Fees">What to offer.</param>
internal sealed record GasMarket(BigInteger Price, GasFees Fees)
{
    /// <param name="baseFee">The head's base fee; null on a chain without one.</param>
    /// <param name="priority">The node's advice for the block producer's part.</param>
    /// <param name="gasPrice">The node's advice for a chain without a base fee.</param>
    public static GasMarket Of(BigInteger? baseFee, BigInteger priority, BigInteger gasPrice) =>
        // Twice the base fee: it can rise by an eighth a block, so this stays valid for six full blocks (EIP-1559).
        baseFee is { } known
            ? new(known + priority, new(known * 2 + priority, priority))
            : new(gasPrice, new(gasPrice, null));

    /// <summary>Whether a transaction with these fees would be mined now.</summary>
    public bool IsCoveredBy(GasFees fees) => fees.Max >= Price && (fees.Priority ?? 0) >= (Fees.Priority ?? 0);
}
