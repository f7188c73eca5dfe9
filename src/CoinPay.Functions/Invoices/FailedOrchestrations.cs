using CoinPay.Functions.Watching;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Finds failed orchestrations that nothing wakes. Looks at each watched invoice's orchestration once, some minutes after its price
/// expired, when it should have acted by itself: one request an invoice, where a search for failed instances would read every
/// instance. Whatever happens to the invoice later wakes it, and a failure is found then.
/// </summary>
internal sealed class FailedOrchestrations(WatchStore watches, SweepProgress progress, TimeProvider clock)
{
    /// <summary>Longer than an invoice takes to close its window while everything works.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The maximum of invoices in one run; the next one continues.</summary>
    private const int MaxLooks = 500;

    /// <summary>Starts the successors of failed or terminated orchestrations, which counts them.</summary>
    public async Task ReviveAsync(string network, DurableTaskClient durable, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow(), upTo = now - Patience;
        if (progress.LookFrom(network, now) is not { } from)
            return;
        List<Watch> expired = await watches.ReadExpiredAsync(network, from, upTo, cancellation);
        Watch[] looks = [.. expired.OrderBy(watch => watch.ExpiresAt).Take(MaxLooks)];
        foreach (Watch watch in looks)
        {
            OrchestrationMetadata? found = await durable.GetInstanceAsync(watch.InvoiceId, cancellation: cancellation);
            if (found?.RuntimeStatus is OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated)
                await InvoiceOrchestrations.WakeAsync(durable, new(watch.MerchantId, watch.InvoiceId, network), cancellation);
        }
        progress.Looked(network, now, looks.Length < expired.Count ? looks[^1].ExpiresAt!.Value : upTo);
    }
}
