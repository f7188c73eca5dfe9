using System.Net;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace CoinPay.Host.Http;

/// <summary>Forwards a request to the worker's own web server, and its response back.</summary>
internal sealed class RequestForwarder(IHttpForwarder forwarder) : IDisposable
{
    /// <summary>The header by which the worker finds the invocation of a request.</summary>
    public const string InvocationId = "x-ms-invocation-id";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>The host enforces the function's time limit; a silent function is not cut off earlier.</summary>
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = Timeout.InfiniteTimeSpan };

    // No span is added between caller and app: trace headers pass unchanged.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = ConnectLimit,
    });

    /// <summary>Returns false if the request or its answer did not get through; the response then has YARP's status.</summary>
    public async Task<bool> ForwardAsync(HttpContext context, Uri worker, string invocationId, CancellationToken cancellation) =>
        await forwarder.SendAsync(context, worker.ToString(), _client, Config, new Transformer(invocationId), cancellation) == ForwarderError.None;

    public void Dispose() => _client.Dispose();

    private sealed class Transformer(string invocationId) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.Host = httpContext.Request.Host.Value;
            proxyRequest.Headers.TryAddWithoutValidation(InvocationId, invocationId);
        }

        public override async ValueTask<bool> TransformResponseAsync(
            HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
        {
            bool isCopied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
            httpContext.Response.Headers.Remove("Server");
            return isCopied;
        }
    }
}
