using System.Numerics;
using CoinPay.Core;

namespace CoinPay.Chains;

/// <summary>An address whose balance is checked.</summary>
/// <param name="WatchedSince">Nothing can have arrived before this.</param>
/// <param name="IsFirst">
/// True for the first check since its invoice expired, and again after a reorg: then the sweep also searches for money
/// that has already arrived and left. The daily checks after that search only for money that is still there.
/// </param>
/// <param name="KnownAsync">
/// Returns the recorded payments to it in the chain's own coin; called only if there is money.
/// </param>
public sealed record SweptAddress(
    string Recipient, DateTimeOffset WatchedSince, bool IsFirst, Func<Task<IReadOnlyList<KnownPayment>>> KnownAsync);

/// <summary>An address whose tokens are looked at.</summary>
/// <param name="WatchedSince">Nothing can have arrived before this.</param>
/// <param name="KnownAsync">Returns what is known of a token there; called only if there is money.</param>
public sealed record TokenHolder(
    string Recipient, DateTimeOffset WatchedSince, Func<NetworkAsset, Task<KnownTokens>> KnownAsync);

/// <summary>What is known to have arrived of one token, in base units.</summary>
/// <param name="Recorded">The sum of the recorded payments.</param>
/// <param name="Ignored">The maximum of what was too small to be recorded.</param>
public sealed record KnownTokens(BigInteger Recorded, BigInteger Ignored);

/// <summary>A payment that was already found, and its block.</summary>
public sealed record KnownPayment(string TransactionHash, long Height, BigInteger Amount);

/// <summary>A payment that only the balance revealed.</summary>
public sealed record SweptTransfer(ChainTransfer Transfer, BlockReference Block);
