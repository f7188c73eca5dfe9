using System.Globalization;
using System.Numerics;

namespace CoinPay.Chains.Evm;

/// <summary>A transaction that the chain refused: nothing changed except a fee.</summary>
public sealed class TransactionFailedException(string message) : Exception(message);

/// <summary>A transaction was not mined in time. It can still be mined: sending again takes its place.</summary>
/// <param name="network">The network's name.</param>
/// <param name="hash">The transaction; null if one of an earlier call is in the way.</param>
public sealed class TransactionPendingException(string network, string? hash) : ChainUnknownException(
    network,
    hash is null
        ? "an earlier transaction of the gas wallet is not mined yet"
        : $"the transaction {hash} is not mined yet");

/// <summary>The network's gas costs more than the gateway may pay. Nothing was sent.</summary>
/// <param name="network">The network's name.</param>
/// <param name="price">What a unit of gas costs, in base units.</param>
/// <param name="most">What it may cost.</param>
public sealed class GasTooExpensiveException(string network, BigInteger price, BigInteger most) : ChainUnknownException(
    network, $"gas costs {Gwei(price)} gwei, and the limit (MaxGasGwei) is {Gwei(most)}")
{
    private static string Gwei(BigInteger wei) =>
        ((decimal)BigInteger.Min(wei, new BigInteger(decimal.MaxValue)) / 1_000_000_000).ToString("0.#########", CultureInfo.InvariantCulture);
}
