using CoinPay.Host.Instance;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.WebApiCompatShim;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Host.Config;

namespace CoinPay.Host.Http;

/// <summary>The extensions' own HTTP APIs, protected by the system key; here that is Durable Functions' management API.</summary>
internal static class ExtensionWebhooks
{
    private const string Root = "runtime/webhooks";

    public static string PathOf(IExtensionConfigProvider extension) =>
        $"{Root}/{extension.GetType().Name.Replace("Extension", "", StringComparison.Ordinal).ToLowerInvariant()}";

    /// <param name="extensions">The extensions of the running triggers.</param>
    /// <param name="keys">The keys that open the APIs.</param>
    /// <param name="readiness">Returns 503 while the triggers are not running.</param>
    public static IEnumerable<Endpoint> EndpointsOf(IEnumerable<IExtensionConfigProvider> extensions, HostKeys keys, Readiness readiness) =>
        from extension in extensions
        let api = extension as IAsyncConverter<HttpRequestMessage, HttpResponseMessage>
        where api is not null
        select new RouteEndpointBuilder(
            context => AnswerAsync(api, keys, readiness, context), RoutePatternFactory.Parse(PathOf(extension) + "/{**rest}"), order: 0).Build();

    private static async Task AnswerAsync(
        IAsyncConverter<HttpRequestMessage, HttpResponseMessage> api, HostKeys keys, Readiness readiness, HttpContext context)
    {
        if (!keys.Allow(KeyLevel.System, context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        if (!readiness.RunsTriggers)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        using HttpRequestMessage request = new HttpRequestMessageFeature(context).HttpRequestMessage;
        using HttpResponseMessage response = await api.ConvertAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        foreach ((string name, IEnumerable<string> values) in response.Headers.Concat(response.Content?.Headers.AsEnumerable() ?? []))
            if (!name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                context.Response.Headers[name] = values.ToArray();
        if (response.Content is { } content)
            await content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
