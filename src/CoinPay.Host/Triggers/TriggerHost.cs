using CoinPay.Host.Configuration;
using CoinPay.Host.Http;
using CoinPay.Host.Instance;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Extensions.Timers;
using Microsoft.Azure.WebJobs.Host;
using Microsoft.Azure.WebJobs.Host.Config;
using Microsoft.Azure.WebJobs.Host.Executors;
using Microsoft.Azure.WebJobs.Host.Indexers;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Triggers;

/// <summary>
/// The WebJobs SDK's host with the extensions for queues, timers and orchestrations: calls all functions that are not called over HTTP.
/// </summary>
internal sealed class TriggerHost : IDisposable
{
    /// <summary>The time limit for listeners to stop, after the host has let functions finish.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly TriggerFailures _failures;
    private readonly TriggerInvoker _invoker;

    /// <param name="configuration">The host's configuration.</param>
    /// <param name="methods">The class that <see cref="FunctionMethods"/> emitted.</param>
    /// <param name="failures">Collects this host's failures; not shared.</param>
    /// <param name="invoker">Runs this host's functions; not shared.</param>
    /// <param name="loggers">The host's loggers.</param>
    public TriggerHost(
        HostConfiguration configuration, Type methods, TriggerFailures failures, TriggerInvoker invoker, ILoggerFactory loggers)
    {
        _failures = failures;
        _invoker = invoker;
        _host = Build(configuration, methods, failures, loggers);
    }

    /// <inheritdoc cref="TriggerFailures.Broken"/>
    public Task<Exception> Broken => _failures.Broken;

    /// <summary>Calls functions by name.</summary>
    public JobHost Jobs => (JobHost)_host.Services.GetRequiredService<IJobHost>();

    /// <summary>The extensions, some of which have their own HTTP APIs.</summary>
    public IEnumerable<IExtensionConfigProvider> Extensions => _host.Services.GetServices<IExtensionConfigProvider>();

    /// <exception cref="StartException">A function's trigger is wrong, or names a setting that does not exist.</exception>
    public async Task StartAsync()
    {
        FunctionBridge.Invoker = _invoker;
        try
        {
            await _host.StartAsync();
        }
        catch (FunctionIndexingException wrong)
        {
            throw new StartException($"{wrong.Message}: {wrong.GetBaseException().Message}");
        }
    }

    /// <summary>Accepts no more work and lets running functions continue.</summary>
    public Task DrainAsync() => _host.Services.GetRequiredService<IDrainModeManager>().EnableDrainModeAsync(CancellationToken.None);

    /// <summary>Cancels running functions and runs no more, even while listeners are still listening.</summary>
    public void Close() => _invoker.Close();

    /// <summary>Cancels running functions and stops.</summary>
    public Task StopAsync() => _host.StopAsync();

    public void Dispose()
    {
        _host.Dispose();
        _invoker.Dispose();
    }

    private static IHost Build(
        HostConfiguration configuration, Type methods, TriggerFailures failures, ILoggerFactory loggers) => new HostBuilder()
        .ConfigureAppConfiguration(configuration.AddTo)
        .ConfigureWebJobs(jobs =>
        {
            jobs.AddAzureStorageCoreServices();
            jobs.AddExecutionContextBinding();
            jobs.AddTimers();
            jobs.AddAzureStorageQueues();
            jobs.AddDurableTask();
            jobs.Services.Replace(ServiceDescriptor.Singleton<IWebJobsExceptionHandler>(failures));
            AddOwn(jobs.Services, configuration, methods);
        })
        .ConfigureServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton(loggers));
            services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
            services.Configure<HostOptions>(host => host.ShutdownTimeout = StopLimit);
        })
        .Build();

    private static void AddOwn(IServiceCollection services, HostConfiguration configuration, Type methods)
    {
        IConfigurationSection hostJson = configuration.Root.GetSection(HostConfiguration.HostSection);
        services.Replace(ServiceDescriptor.Singleton<ITypeLocator>(new Methods(methods)));
        services.Replace(ServiceDescriptor.Singleton<INameResolver>(new HostNames(configuration)));
        services.Replace(ServiceDescriptor.Singleton<IHostIdProvider>(new HostId(configuration.Root)));
        services.Replace(ServiceDescriptor.Singleton<ScheduleMonitor, ScheduleBlobs>());
#pragma warning disable CS0618 // There is no other way to give an extension the URL of its API; the real host does the same.
        services.AddSingleton<IWebHookProvider>(new WebhookUrls(configuration));
#pragma warning restore CS0618
        services.Configure<SingletonOptions>(hostJson.GetSection("singleton"));
        if (configuration.FunctionTimeout is { } limit)
            services.Configure<JobHostFunctionTimeoutOptions>(timeout =>
            {
                timeout.Timeout = limit;
                timeout.ThrowOnTimeout = true;
            });
    }

    private sealed class Methods(Type emitted) : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => [emitted, typeof(DurableClientBinding)];
    }

#pragma warning disable CS0618
    private sealed class WebhookUrls(HostConfiguration configuration) : IWebHookProvider
    {
        public Uri GetUrl(IExtensionConfigProvider extension) => new(
            ListenUrl.ForClients(configuration.Settings.Urls[0]),
            $"{ExtensionWebhooks.PathOf(extension)}?code={Uri.EscapeDataString(configuration.Root[HostKeys.SystemKeySetting] ?? "")}");
    }
#pragma warning restore CS0618
}
