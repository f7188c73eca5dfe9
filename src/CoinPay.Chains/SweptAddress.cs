using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>An address whose balance is looked at.</summary>
/// <param name="WatchedSince">Nothing can have come before this.</param>
/// <param name="IsFirst">
/// It is looked at for the first time since its invoice expired, or anew after a reorg: then money is looked for that
/// has come and gone already. Day by day after that, only money that is there.
/// </param>
/// <param name="KnownAsync">What stands on record as paid to it in the chain's own coin; asked for where there is money.</param>
public sealed record SweptAddress(
    string Recipient, DateTimeOffset WatchedSince, bool IsFirst, Func<Task<IReadOnlyList<KnownPayment>>> KnownAsync);

/// <summary>A payment that was found already, and its block.</summary>
public sealed record KnownPayment(string TransactionHash, long Height, BigInteger Amount);

/// <summary>A payment that only the balance told of.</summary>
public sealed record SweptTransfer(ChainTransfer Transfer, BlockReference Block);
