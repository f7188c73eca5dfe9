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

/// <summary>A payment that was already found, and its block.</summary>
public sealed record KnownPayment(string TransactionHash, long Height, BigInteger Amount);

/// <summary>A payment that only the balance revealed.</summary>
public sealed record SweptTransfer(ChainTransfer Transfer, BlockReference Block);
