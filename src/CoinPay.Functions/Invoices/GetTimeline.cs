using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Aggregates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>GET /v1/invoices/{id}/timeline</c>: every event of an invoice in order. <c>hash</c> is SHA-256 over
/// <c>previous_hash \n version \n text</c>, so anyone can check offline that nothing was changed, removed or inserted.
/// </summary>
internal sealed class GetTimeline(Callers callers, InvoiceStore invoices)
{
    [Function(nameof(GetTimeline))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices/{id}/timeline")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        Stored<Invoice> stored = await GetInvoice.FindAsync(invoices, caller, id, cancellation);
        string previous = Timeline.Start;
        List<object> events = [];
        foreach (TimelineRow<InvoiceEvent> row in await invoices.ReadTimelineAsync(caller.MerchantId, stored.State.Terms.Id, cancellation))
        {
            events.Add(new
            {
                version = row.Version,
                type = row.Event.Name(),
                at = row.Event.At,
                by = row.Event.By(),
                why = row.Event.Why(),
                webhook = row.Event.WebhookType(),
                text = row.Text,
                previous_hash = previous,
                hash = row.Hash,
            });
            previous = row.Hash;
        }
        return JsonAnswer.Ok(new { @object = "timeline", invoice_id = id, data = events });
    }
}
