using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// A page that leaks nothing: it is never cached or framed, sends no referrer (its URL is secret), sets no cookie, and runs
/// and loads only its own inline content under <paramref name="Nonce"/>.
/// </summary>
internal sealed record CheckoutAnswer(int Status, Html Page, string Nonce) : IActionResult
{
    /// <inheritdoc/>
    public async Task ExecuteResultAsync(ActionContext context)
    {
        byte[] body = Encoding.UTF8.GetBytes(Page.ToString());
        HttpResponse response = context.HttpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["X-Robots-Tag"] = "noindex";
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{Nonce}'; style-src 'nonce-{Nonce}'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        await response.Body.WriteAsync(body, context.HttpContext.RequestAborted);
    }
}
