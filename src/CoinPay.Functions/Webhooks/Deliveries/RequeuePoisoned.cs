using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Puts messages that failed too often inside the gateway (storage unreachable, a bug) back on the slow queue; a
/// failing endpoint never poisons a message. Runs every five minutes, because triggers would keep polling two queues
/// that are nearly always empty.
/// </summary>
internal sealed class RequeuePoisoned(DeliveryQueue queue, ILogger<RequeuePoisoned> log)
{
    [Function(nameof(RequeuePoisoned))]
    public async Task Run([TimerTrigger("20 */5 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        _ = timer;
        foreach (string name in (string[])[DeliveryQueue.Fast, DeliveryQueue.Slow])
            await foreach ((string message, bool isOurs) in queue.PutBackPoisonedAsync(name, cancellation))
            {
                StorageInstruments.FoundPoisoned(name);
                if (isOurs)
                    log.LogWarning("{Message} of {Queue} failed here too often and is retried", message, name);
                else
                    log.LogError("A poisoned message of {Queue} names no delivery and was dropped", name);
            }
    }
}
