using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Storage;
using Xunit;

namespace CoinPay.Testing.Gateway;

/// <summary>A storage account for an <see cref="Edge"/>, through clients that can be made to die.</summary>
internal interface IEdgeStorage
{
    string ConnectionString { get; }

    TableServiceClient Tables(StorageDeath? death = null);

    QueueServiceClient Queues(StorageDeath? death = null);
}

/// <summary>An account in memory, on a clock that a test turns.</summary>
internal sealed class MemoryEdgeStorage(TimeProvider clock) : IEdgeStorage
{
    private readonly MemoryStorage _storage = new(clock);

    public string ConnectionString => MemoryStorage.ConnectionString;

    public TableServiceClient Tables(StorageDeath? death = null) =>
        new(ConnectionString, Options(new TableClientOptions { Transport = _storage.Tables }, death));

    public QueueServiceClient Queues(StorageDeath? death = null)
    {
        QueueClientOptions options = Options(StorageClients.QueueOptions(), death);
        options.Transport = _storage.Queues;
        return new(ConnectionString, options);
    }

    /// <summary>The same queues for somebody who puts any text into them.</summary>
    public QueueServiceClient RawQueues() => _storage.QueueService();

    private static T Options<T>(T options, StorageDeath? death)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        if (death is not null)
            options.AddPolicy(death, HttpPipelinePosition.PerCall);
        return options;
    }
}

/// <summary>An Azurite of a test class's own.</summary>
public sealed class EdgeStorage : IAsyncLifetime, IEdgeStorage
{
    private Azurite? _azurite;

    public string ConnectionString => _azurite!.ConnectionString;

    public async ValueTask InitializeAsync() => _azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;

    TableServiceClient IEdgeStorage.Tables(StorageDeath? death)
    {
        TableClientOptions options = new() { Retry = { MaxRetries = 0 } };
        if (death is not null)
            options.AddPolicy(death, HttpPipelinePosition.PerCall);
        return new(ConnectionString, options);
    }

    QueueServiceClient IEdgeStorage.Queues(StorageDeath? death)
    {
        QueueClientOptions options = StorageClients.QueueOptions();
        options.Retry.MaxRetries = 0;
        if (death is not null)
            options.AddPolicy(death, HttpPipelinePosition.PerCall);
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

    /// <summary>Whether it came to that: false when there were fewer writes.</summary>
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
