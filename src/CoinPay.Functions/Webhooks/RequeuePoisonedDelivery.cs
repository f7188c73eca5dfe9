using CoinPay.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Puts a delivery whose message failed too often here (storage was away, a bug) back on the queue after a while: what
/// the endpoint does never brings a message here.
/// </summary>
internal sealed class RequeuePoisonedDelivery(DeliveryQueue queue, ILogger<RequeuePoisonedDelivery> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [Function(nameof(RequeuePoisonedDelivery))]
    public async Task Run([QueueTrigger(DeliveryQueue.FastPoison)] string message, CancellationToken cancellation)
    {
        Instruments.FoundPoisoned(DeliveryQueue.Fast);
        if (await queue.PutBackAsync(message, Pause, cancellation))
            log.LogWarning("{Message} failed here too often and is tried again in {Pause}", message, Pause);
        else
            log.LogError("A poisoned message names no delivery and was dropped");
    }
}
