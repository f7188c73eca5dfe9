using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// <c>GET /pay/{invoice_id}</c>: the page that a payer sees, complete without JavaScript. It needs no key: anyone with the link
/// can see it, and it shows only what a payer needs.
/// </summary>
internal sealed class ShowCheckout(Checkouts checkouts)
{
    private const int NonceBytes = 16;

    [Function(nameof(ShowCheckout))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "pay/{invoiceId}")] HttpRequest request,
        string invoiceId,
        CancellationToken cancellation)
    {
        string nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NonceBytes));
        return await checkouts.FindAsync(invoiceId, cancellation) is { } checkout
            ? new CheckoutAnswer(StatusCodes.Status200OK, CheckoutPage.Of(checkout, nonce), nonce)
            : new CheckoutAnswer(StatusCodes.Status404NotFound, CheckoutPage.Unknown(nonce), nonce);
    }
}
