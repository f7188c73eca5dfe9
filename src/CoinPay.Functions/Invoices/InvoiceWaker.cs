using CoinPay.Functions.Watching;
using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Invoices;

/// <summary>Wakes the orchestration of a watch's invoice.</summary>
internal sealed class InvoiceWaker : IInvoiceWaker
{
    public Task WakeAsync(DurableTaskClient durable, Watch watch, CancellationToken cancellation) =>
        InvoiceOrchestrations.WakeAsync(durable, new(watch.MerchantId, watch.InvoiceId, watch.Network), cancellation);
}
