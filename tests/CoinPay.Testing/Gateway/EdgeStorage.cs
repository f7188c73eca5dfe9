using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Storage;
using Xunit;

namespace CoinPay.Testing.Gateway;

/// <summary>A storage account, through clients that can be made to fail.</summary>
internal interface ITestStorage
{
    string ConnectionString { get; }

    /// <param name="policy">Sees every call before it is sent, such as <see cref="StorageDeath"/>.</param>
    TableServiceClient Tables(HttpPipelinePolicy? policy = null);

    QueueServiceClient Queues(HttpPipelinePolicy? policy = null);
}

/// <summary>An in-memory account, on the machine's clock or a test's; as a fixture, shared by all tests of a class.</summary>
public sealed class EdgeStorage : ITestStorage
{
    private readonly MemoryStorage _storage;

    public EdgeStorage()
        : this(TimeProvider.System)
    {
    }

    internal EdgeStorage(TimeProvider clock) => _storage = new(clock);

    public string ConnectionString => MemoryStorage.ConnectionString;

    /// <summary>The same queues, for tests that send arbitrary text.</summary>
    internal QueueServiceClient RawQueues() => _storage.QueueService();

    public TableServiceClient Tables(HttpPipelinePolicy? policy = null) =>
        new(MemoryStorage.ConnectionString, Options(new TableClientOptions { Transport = _storage.Tables }, policy));

    public QueueServiceClient Queues(HttpPipelinePolicy? policy = null)
    {
        QueueClientOptions options = Options(StorageClients.QueueOptions(), policy);
        options.Transport = _storage.Queues;
        return new(MemoryStorage.ConnectionString, options);
    }

    private static T Options<T>(T options, HttpPipelinePolicy? policy)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        if (policy is not null)
            options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        return options;
    }
}

/// <summary>A separate Azurite for one test class.</summary>
public sealed class AzuriteStorage : IAsyncLifetime, ITestStorage
{
    private Azurite? _azurite;

    public string ConnectionString => _azurite!.ConnectionString;

    /// <summary>Starts one outside a fixture; whoever starts it disposes it.</summary>
    internal static async Task<AzuriteStorage> StartAsync()
    {
        AzuriteStorage storage = new();
        await storage.InitializeAsync();
        return storage;
    }

    public async ValueTask InitializeAsync() => _azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;

    public TableServiceClient Tables(HttpPipelinePolicy? policy = null)
    {
        TableClientOptions options = new() { Retry = { MaxRetries = 0 } };
        if (policy is not null)
            options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        return new(ConnectionString, options);
    }

    public QueueServiceClient Queues(HttpPipelinePolicy? policy = null)
    {
        QueueClientOptions options = StorageClients.QueueOptions();
        options.Retry.MaxRetries = 0;
        if (policy is not null)
            options.AddPolicy(policy, HttpPipelinePosition.PerCall);
        return new(ConnectionString, options);
    }
}

/// <summary>
/// Ends the process's dealings with storage just before or just after its n-th write: from then on nothing gets
/// through, as after kill -9.
/// </summary>
internal sealed class StorageDeath(int at, bool before) : HttpPipelinePolicy
{
    private int _writes;
    private bool _dead;

    /// <summary>Whether the death happened: false if there were fewer writes.</summary>
    public bool Happened => _dead;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        bool fatal = message.Request.Method != RequestMethod.Get && Interlocked.Increment(ref _writes) == at;
        _dead |= fatal && before;
        if (_dead)
            throw new KilledException();
        await ProcessNextAsync(message, pipeline);
        _dead |= fatal;
        if (_dead)
            throw new KilledException();
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException();
}

internal sealed class KilledException() : Exception("killed here");
