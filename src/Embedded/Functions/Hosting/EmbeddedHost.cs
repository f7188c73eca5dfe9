using Azure.Data.Tables;
using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Http;
using CoinPay.Embedded.Queues;
using CoinPay.Embedded.Timers;
using CoinPay.Embedded.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CoinPay.Embedded.Hosting;

/// <summary>Puts the one process together: Kestrel, settings, listeners, the durable engine.</summary>
internal static class EmbeddedHost
{
    /// <summary>Where Core Tools listens when nothing else is said.</summary>
    private const string DefaultUrl = "http://127.0.0.1:7071";

    /// <summary>The real host's setting and default, in bytes; a body beyond it fails the function that reads it.</summary>
    private const string BodyLimitSetting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";
    private const long DefaultBodyLimit = 104_857_600;

    public static WebApplicationBuilder CreateWebBuilder(EmbeddedOptions options)
    {
        WebApplicationBuilder web = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = options.Args,
            ContentRootPath = options.ContentRoot,
            EnvironmentName = Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"),
        });
        AddLocalSettings(web, options);
        AddLogging(web, options);
        web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = web.Configuration.GetValue(BodyLimitSetting, DefaultBodyLimit);
        });
        if (string.IsNullOrEmpty(web.Configuration[WebHostDefaults.ServerUrlsKey]))
            web.WebHost.UseUrls(DefaultUrl);
        return web;
    }

    public static void AddRuntime(
        WebApplicationBuilder web,
        FunctionCatalog catalog,
        HostSettings settings,
        IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware,
        EmbeddedOptions options)
    {
        IServiceCollection services = web.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(catalog);
        services.AddSingleton(settings);
        services.AddSingleton(options);
        services.AddSingleton(provider =>
            new MiddlewareList([provider.GetRequiredService<QueueOutputs>().SendAfter, .. middleware]));
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<HostKeys>();
        services.AddSingleton<SettingText>();
        services.AddSingleton<QueueOutputs>();
        services.AddSingleton<ScheduleMonitor>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, AcceptedMethodsPolicy>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        AddDurable(services, options);
        services.AddHostedService<QueueFunctions>();
        services.AddHostedService<TimerFunctions>();
    }

    private static void AddDurable(IServiceCollection services, EmbeddedOptions options)
    {
        static string Connection(IServiceProvider provider) => StorageConnection.Find(provider.GetRequiredService<IConfiguration>());
        static string HubName(IServiceProvider provider) => provider.GetRequiredService<HostSettings>().Durable.HubName;
        services.TryAddSingleton<DataConverter>(JsonDataConverter.Default);
        services.AddSingleton<IRowStore>(provider =>
        {
            AzureRowStore rows = new(new TableServiceClient(Connection(provider)));
            return new FencedRowStore(options.Rows is { } wrap ? wrap(rows) : rows, provider.GetRequiredService<HubOwnership>());
        });
        services.AddSingleton<ILease>(provider => new BlobLease(Connection(provider), HubName(provider)));
        services.AddSingleton<HubOwnership>();
        services.AddSingleton<IPayloadStore>(provider => new BlobPayloadStore(Connection(provider), HubName(provider)));
        services.AddSingleton<PayloadRows>();
        services.AddSingleton<RunningIndex>();
        services.AddSingleton<HubStore>();
        services.AddSingleton<ActivityPool>();
        services.AddSingleton<TaskHub>();
        services.AddSingleton<HubClient>();
        services.AddSingleton<DurableTaskClient>(provider => provider.GetRequiredService<HubClient>());
        services.AddHostedService(provider => provider.GetRequiredService<TaskHub>());
    }

    /// <summary>The Values of local.settings.json, below everything else and in development only.</summary>
    private static void AddLocalSettings(WebApplicationBuilder web, EmbeddedOptions options)
    {
        if (!web.Environment.IsDevelopment())
            return;
        IConfigurationRoot file = new ConfigurationBuilder()
            .SetBasePath(options.ContentRoot).AddJsonFile("local.settings.json", optional: true).Build();
        Dictionary<string, string?> values = file.GetSection("Values").AsEnumerable(makePathsRelative: true)
            .ToDictionary(value => value.Key.Replace("__", ":", StringComparison.Ordinal), value => value.Value);
        ((IConfigurationBuilder)web.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = values });
    }

    /// <summary>One line an event, at the levels of host.json; the Azure SDK and ASP.NET Core speak only of trouble.</summary>
    private static void AddLogging(WebApplicationBuilder web, EmbeddedOptions options)
    {
        web.Logging.ClearProviders();
        web.Logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName)
            .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        web.Logging.AddFilter("Azure", LogLevel.Warning).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        foreach (IConfigurationSection level in HostSettings.ReadHostJson(options).GetSection("logging:logLevel").GetChildren())
            if (Enum.TryParse(level.Value, ignoreCase: true, out LogLevel least))
                web.Logging.AddFilter(string.Equals(level.Key, "default", StringComparison.OrdinalIgnoreCase) ? null : level.Key, least);
    }
}
