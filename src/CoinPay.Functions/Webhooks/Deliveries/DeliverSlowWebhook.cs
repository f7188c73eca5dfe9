using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Delivers to endpoints that fail or are slow, on a separate queue so that they do not hold up others; also continues
/// replays.
/// </summary>
internal sealed class DeliverSlowWebhook(DeliveryRun run, ReplayRun replays)
{
    [Function(nameof(DeliverSlowWebhook))]
    public Task Run([QueueTrigger(DeliveryQueue.Slow)] string message, CancellationToken cancellation) =>
        ReplayAddress.Parse(message) is { } replay
            ? replays.HandleAsync(replay, cancellation)
            : run.HandleAsync(message, slow: true, cancellation);
}
