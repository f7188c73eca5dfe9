using CoinPay.Functions.Webhooks;

namespace CoinPay.Functions.Invoices;

/// <summary>Sends what commits left to send: the merchant's lists, then the events. Repeating it changes nothing.</summary>
internal sealed class Outbox(EventPublisher events, InvoiceIndex index)
{
    public async Task SendAsync(StoredInvoice stored, CancellationToken cancellation)
    {
        await index.WriteAsync(stored.State, cancellation);
        foreach (OutboxRow row in stored.Outbox)
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
                    row.Body),
                cancellation);
    }
}
