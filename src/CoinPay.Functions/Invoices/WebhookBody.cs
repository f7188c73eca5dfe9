using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Invoices;

/// <summary>The body of a webhook, frozen at the moment of its event: what a late delivery tells is what was true then.</summary>
internal static class WebhookBody
{
    /// <summary>What the merchant is told of an event; null for one that is not told.</summary>
    public static OutboxRow? Freeze(CommittedEvent happened, ChainKnowledge? chain, Networks networks)
    {
        if (happened.Event.WebhookType() is not { } type)
            return null;
        Invoice invoice = happened.After;
        string eventId = Id.Derived("evt", happened.Event.At, $"{invoice.Terms.Id}!{happened.Version}");
        string? fulfilmentKey = invoice.MayBeFulfilled ? invoice.Terms.FulfilmentKey : null;
        string body = Json.Text(new
        {
            id = eventId,
            type,
            created_at = happened.Event.At,
            state_version = happened.Version,
            fulfilment_key = fulfilmentKey,
            data = new { invoice = InvoiceDocument.Of(invoice, chain?.Height, networks) },
        });
        return new(happened.Version, eventId, type, happened.Event.At, body, fulfilmentKey);
    }
}
