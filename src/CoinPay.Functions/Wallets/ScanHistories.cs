using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Wallets;

/// <summary>
/// Continues the search for addresses that wallets used before. Several gateways can run it: each part is stored only if nobody
/// else has stored one since it was read.
/// </summary>
internal sealed class ScanHistories(WalletHistories histories)
{
    /// <summary>Less than the time between two runs, so that a slow node does not hold several of them.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(30);

    [Function(nameof(ScanHistories))]
    public Task Run([TimerTrigger("50 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        _ = timer;
        return histories.ContinueAsync(Budget, cancellation);
    }
}
