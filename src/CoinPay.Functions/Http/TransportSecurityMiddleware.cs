using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace CoinPay.Functions.Http;

/// <summary>
/// Tells browsers on every answer over https to use nothing else for a year, so that nobody on the way can turn a later visit
/// into plain http. TLS usually ends at a proxy, which says so in <c>X-Forwarded-Proto</c>; a browser ignores the header on
/// plain http, so nothing depends on who wrote that. Source: RFC 6797.
/// </summary>
internal sealed class TransportSecurityMiddleware : IFunctionsWorkerMiddleware
{
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string AYear = "max-age=31536000";

    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http
            && (http.Request.IsHttps || http.Request.Headers[ForwardedProto].ToString().StartsWith("https", StringComparison.OrdinalIgnoreCase)))
            http.Response.Headers.StrictTransportSecurity = AYear;
        return next(context);
    }
}
