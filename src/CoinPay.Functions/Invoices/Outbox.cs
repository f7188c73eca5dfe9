using CoinPay.Functions.Exceptions;
using CoinPay.Functions.Telemetry;
using CoinPay.Functions.Webhooks;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// Sends what commits left to send: the merchant's lists and search, the exceptions and what follows from them, then the events. Repeating it changes
/// nothing.
/// </summary>
internal sealed class Outbox(EventPublisher events, InvoiceIndex index, ExceptionStore exceptions, RecoveryStore recoveries)
{
    public async Task SendAsync(StoredInvoice stored, CancellationToken cancellation)
    {
        await index.WriteAsync(stored, cancellation);
        if (stored.Outbox.Any(row => row.Type.StartsWith("invoice.exception_", StringComparison.Ordinal)))
        {
            await exceptions.WriteAsync(stored.State, cancellation);
            await recoveries.NoteAsync(stored.State, cancellation);
        }
        foreach (OutboxRow row in stored.Outbox.Where(row => !row.IsForIndexOnly))
            await events.PublishAsync(
                new GatewayEvent(
                    row.EventId,
                    row.Type,
                    stored.State.Terms.MerchantId,
                    stored.State.Terms.Id,
                    row.At,
                    row.Version,
                    row.FulfilmentKey,
                    stored.State.Terms.Livemode,
                    row.Body)
                { TraceParent = InvoiceTrace.Here },
                cancellation);
    }
}
