using CoinPay.Chains;
using CoinPay.Functions.Watching;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Finishes what a crash interrupted between two writes: starts the orchestration of unacknowledged watches, wakes invoices
/// whose view was not processed, and those whose watch should have ended. Also starts the successors of failed orchestrations.
/// </summary>
internal sealed class SweepWatches(
    ChainDirectory chains, WatchStore watches, ViewStore views, InvoiceStore invoices, SweepProgress progress,
    TimeProvider clock, ILogger<SweepWatches> log)
{
    /// <summary>A creation or a wake that is this old and has had no effect is considered lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A watch this old without an invoice was abandoned during creation. No answer ever showed its address.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromHours(24);

    [Function(nameof(SweepWatches))]
    public async Task Run(
        [TimerTrigger("*/30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient durable, CancellationToken cancellation)
    {
        foreach (INetworkSource source in chains.All)
        {
            string network = source.Network.Name;
            DateTimeOffset? unstarted = await StartUnacknowledgedAsync(network, durable, cancellation);
            DateTimeOffset? pending = await WakePendingAsync(network, durable, cancellation);
            progress.Waited(network, clock.GetUtcNow(), unstarted < pending ? unstarted : pending ?? unstarted);
            await EndOverdueAsync(network, durable, cancellation);
            await new FailedOrchestrations(watches, progress, clock).ReviveAsync(network, durable, cancellation);
        }
    }

    /// <summary>Returns the creation time of the oldest invoice that was stored but not started, or null.</summary>
    private async Task<DateTimeOffset?> StartUnacknowledgedAsync(string network, DurableTaskClient durable, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? oldestOpen = null, oldestStored = null;
        foreach (Watch watch in await watches.ReadSinceAsync(network, progress.AcknowledgedUntil(network), cancellation))
        {
            if (watch.Acknowledged || watch.Network != network)
                continue;
            DateTimeOffset createdAt = Platform.Id.TimeOf(watch.InvoiceId);
            oldestOpen = oldestOpen is null || createdAt < oldestOpen ? createdAt : oldestOpen;
            if (now - createdAt < Patience)
                continue;
            if (await invoices.FindAsync(watch.MerchantId, watch.InvoiceId, cancellation) is not null)
            {
                oldestStored = oldestStored is null || createdAt < oldestStored ? createdAt : oldestStored;
                log.LogInformation("Starting {InvoiceId}: it was stored, but its orchestration never started", watch.InvoiceId);
                await InvoiceOrchestrations.WakeAsync(durable, new(watch.MerchantId, watch.InvoiceId, network), cancellation);
            }
            else if (now - createdAt > AbandonedAfter)
            {
                await watches.RemoveAsync(network, watch.InvoiceId, cancellation);
            }
        }
        progress.Acknowledged(network, oldestOpen ?? now);
        return oldestStored;
    }

    /// <summary>Returns the time since which the oldest view or merchant's command has been waiting, or null.</summary>
    private async Task<DateTimeOffset?> WakePendingAsync(string network, DurableTaskClient durable, CancellationToken cancellation)
    {
        List<PendingInvoice> waiting = await views.ReadPendingAsync(network, cancellation);
        foreach (PendingInvoice pending in waiting)
        {
            if (clock.GetUtcNow() - pending.Since < Patience)
                continue;
            await InvoiceOrchestrations.WakeAsync(durable, new(pending.MerchantId, pending.InvoiceId, network), cancellation);
            if (pending.IsChanging)
                await views.ForgetChangingAsync(network, pending.InvoiceId, cancellation);
        }
        return waiting.Count == 0 ? null : waiting.Min(pending => pending.Since);
    }

    private async Task EndOverdueAsync(string network, DurableTaskClient durable, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!progress.IsEndOfWatchDue(network, now))
            return;
        foreach (Watch watch in await watches.ReadOverdueAsync(network, now, cancellation))
            if (watch.Network == network)
                await InvoiceOrchestrations.WakeAsync(durable, new(watch.MerchantId, watch.InvoiceId, network), cancellation);
    }
}
