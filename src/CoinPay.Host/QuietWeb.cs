using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host;

/// <summary>
/// Web servers of the host itself: with its log, without signals of their own, and unseen by the telemetry of an app that runs in the
/// same process, whose own server tells of the same requests.
/// </summary>
internal static class QuietWeb
{
    private const string SourceName = "CoinPay.Host";

    /// <summary>A server that stops has nobody left to wait for: the host has let requests and functions end before.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    public static WebApplicationBuilder CreateBuilder(ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        // Not what ASP.NET Core reads from the environment by itself: that is meant for the public site, which is given it.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection();
        IServiceCollection services = builder.Services;
        services.Replace(ServiceDescriptor.Singleton(loggers));
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
        services.Replace(ServiceDescriptor.Singleton(new DiagnosticListener(SourceName)));
        services.Replace(ServiceDescriptor.Singleton<DiagnosticSource>(provider => provider.GetRequiredService<DiagnosticListener>()));
        services.Replace(ServiceDescriptor.Singleton(new ActivitySource(SourceName)));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        return builder;
    }
}
