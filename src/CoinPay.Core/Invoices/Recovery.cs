using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// Money that arrived on another network, on its way to the merchant's settlement address there. The merchant confirmed
/// that it controls that address on that network, because a contract wallet might not exist there.
/// </summary>
/// <param name="Network">Short name of the network the money arrived on.</param>
public sealed record Recovery(string Network, string SettlementAddress, DateTimeOffset RequestedAt)
{
    /// <summary>Base units that were booked as moved; an earlier recovery might have moved all of it already.</summary>
    public BigInteger Amount { get; init; }

    /// <summary>The transaction that moved it, if known.</summary>
    public string? TransactionHash { get; init; }

    public DateTimeOffset? RecoveredAt { get; init; }

    /// <summary>Why the last attempt moved nothing; the gateway retries.</summary>
    public string? Failure { get; init; }

    public bool IsPending => RecoveredAt is null;
}
