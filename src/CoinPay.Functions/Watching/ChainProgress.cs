using CoinPay.Chains;

namespace CoinPay.Functions.Watching;

/// <summary>How far a poller has come.</summary>
/// <param name="Head">The head as the node last told it; null before.</param>
/// <param name="CompletePollBeganAt">When its last poll began that read everything; before the first, when the poller was made.</param>
internal sealed record ChainProgress(ChainHead? Head, DateTimeOffset CompletePollBeganAt);
