using CoinPay.Functions.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Maintenance;

/// <summary>
/// Removes expired data every ten minutes: claims and answers of an <c>Idempotency-Key</c> after 24 hours, deliveries
/// after 60 days, and ended orchestrations after <c>CoinPay__KeepFinishedInstances</c>, if set. Each run does a limited
/// amount of work, and the next run continues.
/// </summary>
internal sealed class RemoveExpired(
    IdempotencyStore idempotency, ExpiredDeliveries deliveries, FinishedInstances instances, ILogger<RemoveExpired> log)
{
    [Function(nameof(RemoveExpired))]
    public async Task Run(
        [TimerTrigger("15 */10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        _ = timer;
        int answers = await idempotency.EraseOldAsync(cancellation);
        int told = await deliveries.RemoveAsync(cancellation);
        int ended = await instances.RemoveAsync(durable, cancellation);
        if (answers + told + ended > 0)
            log.LogInformation(
                "Removed {Answers} idempotency rows, {Deliveries} deliveries and {Instances} ended orchestrations",
                answers, told, ended);
    }
}
