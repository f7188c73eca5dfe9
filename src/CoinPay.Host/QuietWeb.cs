using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host;

/// <summary>
/// Creates the host's own web servers: with its log, without signal handling, and invisible to the telemetry of an app in the same process,
/// whose own server already reports the same requests.
/// </summary>
internal static class QuietWeb
{
    private const string SourceName = "CoinPay.Host";

    /// <summary>A stopping server does not have to wait: the host has already let requests and functions finish.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    public static WebApplicationBuilder CreateBuilder(ILoggerFactory loggers)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        // Ignores what ASP.NET Core reads from the environment: that is for the public site, which gets it explicitly.
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
