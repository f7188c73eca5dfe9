using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace CoinPay.Functions.Docs;

/// <summary>A script that browsers can cache, because its address contains its version.</summary>
/// <param name="Open">Opens the script's bytes.</param>
/// <param name="Encoding">The content encoding of the bytes, or null.</param>
internal sealed record ScriptAnswer(Func<Stream> Open, string? Encoding) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        HttpResponse response = context.HttpContext.Response;
        response.ContentType = "text/javascript; charset=utf-8";
        response.Headers.CacheControl = "public, max-age=604800, immutable";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.XContentTypeOptions = "nosniff";
        if (Encoding is not null)
            response.Headers.ContentEncoding = Encoding;
        await using Stream bytes = Open();
        await bytes.CopyToAsync(response.Body, context.HttpContext.RequestAborted);
    }
}
