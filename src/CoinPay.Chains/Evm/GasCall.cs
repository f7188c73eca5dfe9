using System.Numerics;

namespace CoinPay.Chains.Evm;

/// <summary>A call that the gas wallet makes.</summary>
/// <param name="ExtraGas">
/// What the node's estimate leaves out: it is the least with which the call succeeds, and a call that catches its own
/// failures succeeds with too little.
/// </param>
public sealed record GasCall(string To, BigInteger Value, string Data, BigInteger ExtraGas = default);
