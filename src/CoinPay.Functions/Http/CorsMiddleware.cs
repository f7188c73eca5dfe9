using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace CoinPay.Functions.Http;

/// <summary>
/// Adds the CORS headers to every answer, refusals included, of a call that is <see cref="ReadableByAnySiteAttribute"/>. They
/// allow no credentials. Source: https://fetch.spec.whatwg.org/#http-cors-protocol
/// </summary>
internal sealed class CorsMiddleware : IFunctionsWorkerMiddleware
{
    private const string AnySite = "*";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && FunctionMethods.Of(context.FunctionDefinition).IsDefined(typeof(ReadableByAnySiteAttribute)))
        {
            http.Response.Headers.AccessControlAllowOrigin = AnySite;
            http.Response.Headers.AccessControlExposeHeaders = "Retry-After";
        }
        return next(context);
    }
}
