using System.Net.Sockets;
using CoinPay.Host.Configuration;
using CoinPay.Host.Instance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace CoinPay.Host.Http;

/// <summary>
/// The public site. It listens from the beginning, so that <c>/health/ready</c> can say why the host is not ready; everything else is 503
/// until the app runs, and again once the host stops.
/// </summary>
internal sealed class PublicSite : IAsyncDisposable
{
    private readonly IReadOnlyList<string> _urls;
    private readonly WebApplication _site;
    private readonly OpenEndpoints _endpoints = new();

    public PublicSite(HostSettings settings, Readiness readiness, ILoggerFactory loggers)
    {
        _urls = settings.Urls;
        WebApplicationBuilder builder = QuietWeb.CreateBuilder(loggers);
        builder.WebHost.UseKestrelHttpsConfiguration().UseUrls([.. _urls]).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.BodyLimit;
        });
        builder.Services.AddHttpForwarder();
        builder.Services.AddRouting();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, AcceptedMethodsPolicy>());
        _site = builder.Build();
        Forwarder = new(_site.Services.GetRequiredService<IHttpForwarder>());
        ClientHeaders headers = new(settings.TrustedProxies);
        _site.Use((context, next) =>
        {
            headers.Clean(context);
            if (readiness.IsOpen || Readiness.IsAskedBy(context.Request))
                return next(context);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        _site.UseRouting();
        _site.MapGet(Readiness.Path, readiness.AnswerAsync);
        ((IEndpointRouteBuilder)_site).DataSources.Add(_endpoints);
    }

    public RequestForwarder Forwarder { get; }

    /// <exception cref="StartException">It cannot listen, for example because the port is in use.</exception>
    public async Task StartAsync()
    {
        try
        {
            await _site.StartAsync();
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            throw new StartException($"Cannot listen on {string.Join(", ", _urls)}: {failure.GetBaseException().Message}.");
        }
    }

    /// <summary>Starts to serve the app's functions and the extensions' APIs.</summary>
    public void Open(IReadOnlyList<Endpoint> endpoints) => _endpoints.Open(endpoints);

    public Task StopAsync() => _site.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        Forwarder.Dispose();
        _endpoints.Dispose();
    }
}
