using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Checkout;

/// <summary><c>HEAD /pay/{invoice_id}/status</c>: the headers of the GET.</summary>
internal sealed class ProbeCheckoutStatus(Checkouts checkouts)
{
    [ReadableByAnySite]
    [Function(nameof(ProbeCheckoutStatus))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "head", Route = "pay/{invoiceId}/status")] HttpRequest request,
        string invoiceId,
        CancellationToken cancellation) =>
        // The server leaves out the body.
        new ShowCheckoutStatus(checkouts).Run(request, invoiceId, cancellation);
}
