using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Queues deliveries and replays again that are overdue, every minute: their message is lost, or a process that died had it in
/// hand, for which the queue would hide it for ten minutes. A message too many changes nothing. Now and then
/// it also tells what a crash left in an outbox.
/// </summary>
internal sealed class SweepDeliveries(
    DeliveryStore deliveries, DueWork due, DeliveryQueue queue, Tables tables, Outbox outbox, SweepTurns turns, TimeProvider clock,
    ILogger<SweepDeliveries> log)
{
    /// <summary>A delivery is overdue when it has been due for so long: several times what an attempt may take.</summary>
    public static readonly TimeSpan Overdue = TimeSpan.FromMinutes(2);

    /// <summary>A delivery queued again is left alone for so long: the queue may only be full.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    private const int MaxPerRun = 5_000;

    [Function(nameof(SweepDeliveries))]
    public async Task Run([TimerTrigger("30 * * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        _ = timer;
        if (turns.IsOutboxes())
            await outbox.SweepAsync(tables.Merchants, cancellation);
        await SweepAsync(cancellation);
    }

    public async Task SweepAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        int queued = 0;
        await foreach (string message in due.DueBeforeAsync(now - Overdue, cancellation))
        {
            if (++queued > MaxPerRun)
                break;
            if (DeliveryAddress.Parse(message) is { } address)
                await RequeueAsync(address, now, cancellation);
            else if (ReplayAddress.Parse(message) is { } replay)
                await RequeueAsync(replay, now, cancellation);
        }
        if (queued > 0)
            log.LogWarning("{Count} overdue deliveries and replays looked at", queued);
    }

    private async Task RequeueAsync(DeliveryAddress address, DateTimeOffset now, CancellationToken cancellation)
    {
        Delivery? delivery = await deliveries.FindAsync(address, cancellation);
        if (delivery is null)
        {
            // Its publisher died before it wrote the row, and will come again.
            await due.ForgetAsync(address.ToString(), cancellation);
            return;
        }
        // A finished row is queued too: its pointer still stands, so its end was cut short.
        bool lost = delivery.Status != DeliveryStatus.Pending || delivery.NextAttemptAt <= now - Overdue;
        if (lost)
            await queue.SendAsync(address, slow: true, TimeSpan.Zero, cancellation);
        await due.PointAsync(address.ToString(), lost ? now + Patience : delivery.NextAttemptAt, cancellation);
    }

    /// <summary>Whoever takes the message sees whether it still runs.</summary>
    private async Task RequeueAsync(ReplayAddress replay, DateTimeOffset now, CancellationToken cancellation)
    {
        await queue.SendAsync(replay, TimeSpan.Zero, cancellation);
        await due.PointAsync(replay.ToString(), now + Patience, cancellation);
    }
}
