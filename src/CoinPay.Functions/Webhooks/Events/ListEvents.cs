using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Events;

/// <summary>
/// <c>GET /v1/events?type=&amp;invoice_id=&amp;delivery=failed</c>: the pull feed, newest first, so that nothing is
/// lost if an endpoint was down. <c>type</c> can be a family such as <c>invoice.*</c>.
/// </summary>
internal sealed class ListEvents(Callers callers, EventFeed feed)
{
    private const int MaxInvoiceIdLength = 64;

    [QueryParameters("type", "invoice_id", "delivery", "limit", "cursor")]
    [Function(nameof(ListEvents))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/events")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        Paging paging = Pages.Of(request);
        EventFilter wanted = Read(request, caller);
        (IReadOnlyList<EventDocument> page, string? last) = await feed.ListAsync(
            caller.MerchantId, wanted, paging, cancellation);
        return Pages.Answer(page, last);
    }

    private static EventFilter Read(HttpRequest request, Caller caller)
    {
        string? type = request.Query["type"];
        string? invoiceId = QueryText.Of(request, "invoice_id", MaxInvoiceIdLength);
        string? delivery = request.Query["delivery"];
        if (type is not null && !EventTypes.IsFilter(type))
            throw new ProblemException(
                Problems.InvalidRequest("type must be an event type or a family of event types such as invoice.*."));
        if (invoiceId is not null && !Id.IsWellFormed("inv", invoiceId))
            throw new ProblemException(Problems.InvalidRequest("invoice_id must be the id of an invoice, such as inv_01jdc3m6x8q2r4s6t8v0w2y4z6."));
        if (delivery is not (null or "failed"))
            throw new ProblemException(Problems.InvalidRequest("delivery must be failed if it is present."));
        return new(caller.Livemode, type, invoiceId, delivery is not null);
    }
}
