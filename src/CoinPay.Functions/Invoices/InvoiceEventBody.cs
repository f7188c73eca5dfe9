using System.Text;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Events;

namespace CoinPay.Functions.Invoices;

/// <summary>The webhook body of an invoice's event, frozen when it happens: a late delivery reports what was true then.</summary>
internal static class InvoiceEventBody
{
    /// <summary>Returns the event to publish, or null if only the timeline shows it.</summary>
    public static GatewayEvent? Freeze(Committed<Invoice, InvoiceEvent> committed, ChainKnowledge? chain, Networks networks)
    {
        if (committed.Event.WebhookType() is not { } type)
            return null;
        Invoice invoice = committed.After;
        InvoiceTerms terms = invoice.Terms;
        DateTimeOffset at = committed.Event.At;
        string eventId = Id.Derived("evt", at, $"{terms.Id}!{committed.Version}");
        string? fulfilmentKey = invoice.MayBeFulfilled ? terms.FulfilmentKey : null;
        InvoiceDocument document = InvoiceDocument.Of(invoice, chain?.Height, networks);
        string BodyOf(InvoiceDocument shown) =>
            GatewayEvent.BodyOf(eventId, type, at, committed.Version, fulfilmentKey, new { invoice = shown });
        string body = BodyOf(document);
        if (Encoding.UTF8.GetByteCount(body) > GatewayEvent.MaxBodyBytes)
            body = BodyOf(document.Folded());
        return new(eventId, type, terms.MerchantId, terms.Id, at, committed.Version, fulfilmentKey, terms.Livemode, body);
    }
}
