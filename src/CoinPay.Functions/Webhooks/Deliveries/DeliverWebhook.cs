using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Delivers events that were just published.</summary>
internal sealed class DeliverWebhook(DeliveryRun run)
{
    [Function(nameof(DeliverWebhook))]
    public Task Run([QueueTrigger(DeliveryQueue.Fast)] string message, CancellationToken cancellation) =>
        run.HandleAsync(message, slow: false, cancellation);
}
