using CoinPay.Chains;

namespace CoinPay.Functions.Watching;

/// <summary>How far a network is read, as this process knows: from its own poller, or while that is idle from the stored cursor.</summary>
/// <param name="Head">The head that the node last reported; null before the first poll.</param>
/// <param name="CompletePollBeganAt">When the last poll that read everything began; before the first, when the poller was created.</param>
internal sealed record ChainProgress(ChainHead? Head, DateTimeOffset CompletePollBeganAt)
{
    /// <summary>Why the last poll was not complete although the node answered; null if it was complete.</summary>
    public string? Doubt { get; init; }
}
