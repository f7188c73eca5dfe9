using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

/// <summary>An address that is looked out for, and the invoice it belongs to. Inserted once, before anyone is told the address.</summary>
internal sealed record Watch
{
    /// <summary>Short name of the network.</summary>
    public required string Network { get; init; }

    /// <summary>
    /// For an invoice in an EVM network's own coin, when it expires: its balance is looked at in the first complete poll
    /// that begins after this instant, and daily from then on, on each network where it is watched, as such money may leave
    /// no trace in blocks. Null for others.
    /// </summary>
    public DateTimeOffset? SweepAt { get; init; }

    public required string InvoiceId { get; init; }

    public required string MerchantId { get; init; }

    public required string Address { get; init; }

    /// <summary>The address in the form of <see cref="ChainTransfer.Recipient"/>.</summary>
    public required string Recipient { get; init; }

    /// <summary>How deep the invoice wants its payments: the poller wakes it there.</summary>
    public required RequiredDepth Required { get; init; }

    public required DateTimeOffset MonitorUntil { get; init; }

    /// <summary>The counter and index an xpub address was derived at; null for forwarders.</summary>
    public string? Counter { get; init; }

    public long? Index { get; init; }

    /// <summary>The invoice's orchestration has run: a watch that stays without is a crash for the sweeper to heal.</summary>
    public bool Acknowledged { get; init; }
}

/// <summary>A height or finality tag at which an invoice's payment becomes deep enough.</summary>
internal readonly record struct DepthMark(FinalityTag? Tag, long Height)
{
    /// <summary>Short name of the network whose blocks are counted when that is not the invoice's own.</summary>
    public string? WrongNetwork { get; init; }

    /// <summary>The mark for a payment in a block of this height.</summary>
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
