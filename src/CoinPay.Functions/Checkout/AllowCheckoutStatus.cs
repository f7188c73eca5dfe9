using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// <c>OPTIONS /pay/{invoice_id}/status</c>: a browser asks before a script of another site sends a header of its own. Whether
/// the invoice exists does not matter.
/// </summary>
internal sealed class AllowCheckoutStatus
{
    /// <summary>A day; browsers shorten it as they like.</summary>
    private const string MaxAgeSeconds = "86400";

    [ReadableByAnySite]
    [Function(nameof(AllowCheckoutStatus))]
#pragma warning disable CA1822 // Functions are instance methods, as the host's samples have them.
    public IActionResult Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "options", Route = "pay/{invoiceId}/status")] HttpRequest request,
        string invoiceId) => JsonAnswer.Nothing
            .With("Access-Control-Allow-Methods", "GET, HEAD")
            .With("Access-Control-Allow-Headers", "*")
            .With("Access-Control-Max-Age", MaxAgeSeconds);
#pragma warning restore CA1822
}
