using CoinPay.Functions.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// The same as <see cref="RequeuePoisonedDelivery"/> for the slow queue.
/// </summary>
internal sealed class RequeuePoisonedSlowDelivery(DeliveryQueue queue, ILogger<RequeuePoisonedSlowDelivery> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    [Function(nameof(RequeuePoisonedSlowDelivery))]
    public async Task Run([QueueTrigger(DeliveryQueue.SlowPoison)] string message, CancellationToken cancellation)
    {
        Instruments.FoundPoisoned(DeliveryQueue.Slow);
        if (await queue.PutBackAsync(message, Pause, cancellation))
            log.LogWarning("{Message} failed here too often and is tried again in {Pause}", message, Pause);
        else
            log.LogError("A poisoned message names no delivery and was dropped");
    }
}
