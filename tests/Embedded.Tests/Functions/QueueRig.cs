using Azure.Storage.Queues;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Queues;
using CoinPay.Testing.Storage;
using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>A queue in memory that outlives the processes which listen to it, in virtual time.</summary>
internal sealed class QueueWorld
{
    public QueueWorld()
    {
        Storage = new(Time);
        Queue = Storage.QueueService(QueueMessageEncoding.Base64).GetQueueClient("work");
        Queue.Create();
        Poison = Storage.QueueService().GetQueueClient("work-poison");
    }

    public WatchedTime Time { get; } = new();

    public MemoryStorage Storage { get; }

    public QueueClient Queue { get; }

    public QueueClient Poison { get; }

    /// <summary>Starts a process that listens.</summary>
    public QueueRig Start(Type function, Seen seen, params (string Name, string Value)[] queues) => new(this, function, seen, queues);
}

/// <summary>What a process has of one queue function, without the rest of the host.</summary>
internal sealed class QueueRig : IAsyncDisposable
{
    /// <summary>Short beside a lease: messages in work must not lose theirs while a test moves time from poll to poll.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    private readonly QueueWorld _world;
    private readonly ServiceProvider _services;
    private readonly QueueListener _listener;
    private readonly CancellationTokenSource _stopping = new();

    public QueueRig(QueueWorld world, Type functions, Seen seen, (string Name, string Value)[] queues)
    {
        _world = world;
        Dictionary<string, string?> hostJson = queues.ToDictionary(pair => $"extensions:queues:{pair.Name}", pair => (string?)pair.Value);
        hostJson.TryAdd("extensions:queues:maxDequeueCount", "3");
        hostJson.TryAdd("extensions:queues:maxPollingInterval", $"{Poll}");
        EmbeddedOptions options = new() { FunctionClasses = [functions], ContentRoot = Path.GetTempPath(), HostJson = hostJson };
        _services = new ServiceCollection().AddSingleton(seen).BuildServiceProvider();
        FunctionInvoker invoker = new(
            _services.GetRequiredService<IServiceScopeFactory>(), NullLogger<FunctionInvoker>.Instance, new([]));
        (FunctionDescriptor function, _) = FunctionCatalog.Discover(options).TriggeredBy<QueueTriggerAttribute>().Single();
        _listener = new(
            function, invoker, world.Storage.QueueService().GetQueueClient(world.Queue.Name), world.Poison,
            HostSettings.Load(options, new ConfigurationBuilder().Build()), world.Time, NullLogger.Instance);
        Ended = _listener.RunAsync(_stopping.Token);
    }

    /// <summary>Ends when the process was told to stop and nothing is in work any more.</summary>
    public Task Ended { get; }

    /// <summary>Lets it poll, in virtual time, until it has come to that.</summary>
    public Task PollUntilAsync(Func<bool> reached) => _world.Time.PassUntilAsync(Poll, reached);

    public void TellToStop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        TellToStop();
        await Ended.WaitAsync(Eventually.Patience);
        _listener.Dispose();
        _stopping.Dispose();
        await _services.DisposeAsync();
    }
}
