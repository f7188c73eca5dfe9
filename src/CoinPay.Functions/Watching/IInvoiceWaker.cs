using Microsoft.DurableTask.Client;

namespace CoinPay.Functions.Watching;

/// <summary>Makes an invoice check what its watch shows now. The poller knows only watches, not invoices.</summary>
internal interface IInvoiceWaker
{
    /// <summary>Wakes an invoice. A lost, duplicate or late wake does no harm.</summary>
    Task WakeAsync(DurableTaskClient durable, Watch watch, CancellationToken cancellation);
}
