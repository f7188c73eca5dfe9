using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Checkout;

/// <summary><c>GET /pay/{invoice_id}/status</c>: the page's content as JSON, for the page itself and for apps.</summary>
internal sealed class ShowCheckoutStatus(Checkouts checkouts)
{
    [ReadableByAnySite]
    [Function(nameof(ShowCheckoutStatus))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "pay/{invoiceId}/status")] HttpRequest request,
        string invoiceId,
        CancellationToken cancellation) =>
        await checkouts.FindAsync(invoiceId, cancellation) is { } checkout
            ? JsonAnswer.Ok(checkout)
            : Problems.NotFound("invoice").ToAnswer();
}
