using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Startup;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CoinPay.Testing.Gateway;

/// <summary>The gateway's own parts in this process, on storage in memory, or on an Azurite, through clients that can be made to crash.</summary>
public class AppServices : IAsyncLifetime
{
    private ITestStorage _storage = null!;
    private ServiceProvider _services = null!;

    internal StorageFaults Faults { get; } = new();

    internal Tables Tables => _services.GetRequiredService<Tables>();

    /// <summary>A client that never crashes, to inspect what was left.</summary>
    internal TableServiceClient Storage { get; private set; } = null!;

    internal QueueClient Webhooks { get; private set; } = null!;

    /// <summary>The clock of all parts; the machine's own unless a world moves time.</summary>
    internal virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>Settings of the networks: a node that does not exist, because most tests use none.</summary>
    internal virtual Dictionary<string, string?> Networks => new() { ["CoinPay:Networks:anvil:Rpc"] = "http://127.0.0.1:1" };

    private protected virtual ValueTask<ITestStorage> OpenStorageAsync() => new(new EdgeStorage(TimeProvider.System));

    public virtual async ValueTask InitializeAsync()
    {
        _storage = await OpenStorageAsync();
        Storage = _storage.Tables();
        Webhooks = _storage.Queues().GetQueueClient("webhooks");
        await Webhooks.CreateIfNotExistsAsync();
        _services = Services();
        await Tables.EnsureCreatedAsync(CancellationToken.None);
        Faults.Reset();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _services.DisposeAsync();
        if (_storage is IAsyncDisposable process)
            await process.DisposeAsync();
    }

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Creates a function class as the host does.</summary>
    internal T Function<T>() => ActivatorUtilities.CreateInstance<T>(_services);

    private ServiceProvider Services()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["AzureWebJobsStorage"] = _storage.ConnectionString,
                ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
                ["CoinPay:OperatorKey"] = GatewayProcess.OperatorKey,
                ["CoinPay:KeyPepper"] = "pepper-of-a-test-0123456789",
                ["CoinPay:SecretsKey"] = Convert.ToBase64String(new byte[32]),
                ["CoinPay:Webhooks:AllowLoopback"] = "true",
            })
            .AddInMemoryCollection(Networks)
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(configuration)
            .AddGateway(configuration)
            .AddSingleton(Clock)
            .AddSingleton(_storage.Tables(Faults))
            .AddSingleton(_storage.Queues(Faults))
            .AddSingleton(new AppendBlobs().Service())
            .BuildServiceProvider();
    }
}
