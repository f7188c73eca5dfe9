using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Watching;

/// <summary>Has an invoice look at what its watch shows now. The poller knows watches; what an invoice is, it does not know.</summary>
internal interface IInvoiceWaker
{
    /// <summary>A wake that is lost, doubled or late does no harm.</summary>
    Task WakeAsync(DurableTaskClient durable, Watch watch, CancellationToken cancellation);
}
