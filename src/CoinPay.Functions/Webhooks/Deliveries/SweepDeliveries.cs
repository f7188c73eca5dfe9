using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Queues overdue deliveries and replays again, every minute: their message is lost, or it was being handled by a process that
/// died, and the queue would hide it for ten minutes. A duplicate message changes nothing. From time to time it also publishes
/// what a crash left in an outbox.
/// </summary>
internal sealed class SweepDeliveries(
    DeliveryStore deliveries, DueWork due, DeliveryQueue queue, Tables tables, Outbox outbox, SweepTurns turns, TimeProvider clock,
    ILogger<SweepDeliveries> log)
{
    /// <summary>A delivery is overdue if it has been due for this long: several times the limit of an attempt.</summary>
    public static readonly TimeSpan Overdue = TimeSpan.FromMinutes(2);

    /// <summary>A requeued delivery is left alone for this long: the queue may just be full.</summary>
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
            log.LogWarning("Checked {Count} overdue deliveries and replays", queued);
    }

    private async Task RequeueAsync(DeliveryAddress address, DateTimeOffset now, CancellationToken cancellation)
    {
        Delivery? delivery = await deliveries.FindAsync(address, cancellation);
        if (delivery is null)
        {
            // Its publisher died before it wrote the row, and will retry.
            await due.ForgetAsync(address.ToString(), cancellation);
            return;
        }
        // A finished row is queued too: its pointer still exists, so finishing it was interrupted.
        bool lost = delivery.Status != DeliveryStatus.Pending || delivery.NextAttemptAt <= now - Overdue;
        if (lost)
            await queue.SendAsync(address, slow: true, TimeSpan.Zero, cancellation);
        await due.PointAsync(address.ToString(), lost ? now + Patience : delivery.NextAttemptAt, cancellation);
    }

    /// <summary>The handler of the message checks whether the replay is still running.</summary>
    private async Task RequeueAsync(ReplayAddress replay, DateTimeOffset now, CancellationToken cancellation)
    {
        await queue.SendAsync(replay, TimeSpan.Zero, cancellation);
        await due.PointAsync(replay.ToString(), now + Patience, cancellation);
    }
}
