using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CoinPay.Functions.Docs;

/// <summary>A page that loads nothing from anywhere else and cannot be framed.</summary>
/// <param name="Html">The whole document.</param>
/// <param name="Policy">Its Content-Security-Policy.</param>
internal sealed record HtmlAnswer(string Html, string Policy) : IActionResult
{
    /// <summary>Allows text and the page's own style sheet, nothing else.</summary>
    public const string TextOnly =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public async Task ExecuteResultAsync(ActionContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        byte[] body = Encoding.UTF8.GetBytes(Html);
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-cache";
        await response.Body.WriteAsync(body, context.HttpContext.RequestAborted);
    }
}
