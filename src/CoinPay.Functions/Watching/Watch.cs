using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

/// <summary>A watched address and its invoice. Inserted once, before the address is shown to anyone.</summary>
internal sealed record Watch
{
    /// <summary>The network's short name.</summary>
    public required string Network { get; init; }

    /// <summary>
    /// For an invoice in an EVM network's own coin, when it expires: its balance is checked in the first complete poll that
    /// begins after this instant, and daily from then on, on each network where it is watched, because such payments can
    /// leave no trace in blocks. Null for other invoices.
    /// </summary>
    public DateTimeOffset? SweepAt { get; init; }

    /// <summary>When the price expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public required string InvoiceId { get; init; }

    public required string MerchantId { get; init; }

    public required string Address { get; init; }

    /// <summary>The address in the form of <see cref="ChainTransfer.Recipient"/>.</summary>
    public required string Recipient { get; init; }

    /// <summary>The depth that the invoice requires of its payments, at which the poller wakes it.</summary>
    public required RequiredDepth Required { get; init; }

    public required DateTimeOffset MonitorUntil { get; init; }

    /// <summary>The counter and index an xpub address was derived at; null for forwarders.</summary>
    public string? Counter { get; init; }

    public long? Index { get; init; }

    /// <summary>Whether the invoice's orchestration has run; if this stays false, the sweeper recovers from the crash.</summary>
    public bool Acknowledged { get; init; }
}

/// <summary>A height or finality tag at which an invoice's payment becomes deep enough.</summary>
internal readonly record struct DepthMark(FinalityTag? Tag, long Height)
{
    /// <summary>The short name of the network whose blocks are counted, if it is not the invoice's own.</summary>
    public string? WrongNetwork { get; init; }

    /// <summary>Returns the mark for a payment in a block at this height.</summary>
    public static DepthMark Of(long blockHeight, RequiredDepth required) =>
        required.Tag is { } tag ? new(tag, blockHeight) : new(null, blockHeight + required.Blocks!.Value - 1);

    public bool IsReached(ChainHead head) => Tag switch
    {
        FinalityTag.Safe => head.Safe >= Height,
        FinalityTag.Finalized => head.Finalized >= Height,
        null => head.Height >= Height,
        _ => throw new BugException("tag " + Tag),
    };
}
