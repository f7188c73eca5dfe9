using CoinPay.Embedded.Durable;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>A durable engine of its own over given rows: what a process has of it, without Kestrel.</summary>
internal sealed class DurableRig : IAsyncDisposable
{
    /// <summary>For the leases of tests that are not about leases: on a loaded machine one in real time may run out.</summary>
    private static readonly FakeTimeProvider Still = new();

    private readonly ServiceProvider _services;
    private readonly TaskHub _hub;
    private readonly ActivityPool _activities;

    private readonly HubOwnership _ownership;

    private DurableRig(
        ServiceProvider services, TaskHub hub, HubOwnership ownership, ActivityPool activities, HubStore store, HubClient client)
    {
        _services = services;
        _ownership = ownership;
        _hub = hub;
        _activities = activities;
        Store = store;
        Client = client;
    }

    public HubClient Client { get; }

    public HubStore Store { get; }

    public RunningIndex Index => _hub.Index;

    public int InMemory => _hub.Warm.Count;

    public static DurableRig Create(
        IRowStore rows,
        IReadOnlyList<Type> functions,
        string hubName,
        TimeProvider? time = null,
        ILease? lease = null,
        IPayloadStore? payloads = null,
        int? instancesInMemory = null,
        ILoggerFactory? loggers = null,
        int? activitiesAtOnce = null,
        Background? background = null)
    {
        time ??= TimeProvider.System;
        loggers ??= NullLoggerFactory.Instance;
        EmbeddedOptions options = new()
        {
            FunctionClasses = functions,
            ContentRoot = Path.GetTempPath(),
            HostJson = new Dictionary<string, string?> { ["extensions:durableTask:hubName"] = hubName },
        };
        HostSettings settings = HostSettings.Load(options, new ConfigurationBuilder().Build());
        if (instancesInMemory is { } limit)
            settings = settings with { Durable = settings.Durable with { InstancesInMemory = limit } };
        if (activitiesAtOnce is { } places)
            settings = settings with { Durable = settings.Durable with { MaxConcurrentActivities = places } };
        FunctionCatalog catalog = FunctionCatalog.Discover(options);
        ServiceProvider services = new ServiceCollection().BuildServiceProvider();
        FunctionInvoker invoker = new(services.GetRequiredService<IServiceScopeFactory>(), loggers.CreateLogger<FunctionInvoker>(), new([]));
        HubOwnership ownership = lease is null
            ? new(new MemoryLease(Still), Still, loggers.CreateLogger<HubOwnership>())
            : new(lease, time, loggers.CreateLogger<HubOwnership>());
        ActivityPool activities = new(
            catalog, invoker, ownership, settings, JsonDataConverter.Default, loggers.CreateLogger<ActivityPool>());
        FencedRowStore fenced = new(rows, ownership);
        HubStore store = new(new(fenced, payloads ?? new MemoryPayloads()), fenced, settings, time);
        RunningIndex index = new(fenced, settings, time, loggers.CreateLogger<RunningIndex>());
        TaskHub hub = new(
            store, index, ownership, catalog, invoker, activities, JsonDataConverter.Default, settings, time, loggers, background);
        return new(services, hub, ownership, activities, store, new(hub, store, JsonDataConverter.Default, time));
    }

    public HubOwnership Ownership => _ownership;

    /// <summary>The hub's storage as somebody outside reaches it.</summary>
    public static HubStore StoreOn(IRowStore rows, IPayloadStore payloads)
    {
        EmbeddedOptions options = new()
        {
            ContentRoot = Path.GetTempPath(),
            HostJson = new Dictionary<string, string?> { ["extensions:durableTask:hubName"] = "Hub" },
        };
        return new(new(rows, payloads), rows, HostSettings.Load(options, new ConfigurationBuilder().Build()), TimeProvider.System);
    }

    public Task StartAsync() => _hub.StartAsync(CancellationToken.None);

    /// <summary>As a process dies: nothing is waited for.</summary>
    public Task AbandonAsync() => _hub.StopAsync(new CancellationToken(canceled: true));

    /// <summary>A graceful stop.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource patience = new(Eventually.Patience);
        await _hub.StopAsync(patience.Token);
        _hub.Dispose();
        _activities.Dispose();
        _ownership.Dispose();
        await _services.DisposeAsync();
    }
}
