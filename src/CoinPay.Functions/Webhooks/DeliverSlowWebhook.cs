using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Delivers to endpoints whose last attempt failed, on a queue of their own so that they hold up nobody.
/// </summary>
internal sealed class DeliverSlowWebhook(DeliveryRun run)
{
    [Function(nameof(DeliverSlowWebhook))]
    public Task Run([QueueTrigger(DeliveryQueue.Slow)] string message, CancellationToken cancellation) =>
        run.HandleAsync(message, slow: true, cancellation);
}
