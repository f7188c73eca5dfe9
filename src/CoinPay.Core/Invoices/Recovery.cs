using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// Money that came on another network, on its way to the merchant's settlement address there. The merchant confirmed that
/// it controls that address on that network: a contract wallet may not exist there.
/// </summary>
/// <param name="Network">Short name of the network the money came on.</param>
public sealed record Recovery(string Network, string SettlementAddress, DateTimeOffset RequestedAt)
{
    /// <summary>Base units that were booked as moved; an earlier recovery may have moved all of it already.</summary>
    public BigInteger Amount { get; init; }

    /// <summary>The transaction that moved it, where it is known.</summary>
    public string? TransactionHash { get; init; }

    public DateTimeOffset? RecoveredAt { get; init; }

    /// <summary>Why the last attempt moved nothing; it is tried again.</summary>
    public string? Failure { get; init; }

    public bool IsPending => RecoveredAt is null;
}
