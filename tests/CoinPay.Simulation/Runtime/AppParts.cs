using System.Security.Cryptography;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Startup;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing;
using CoinPay.Testing.Storage.Blobs;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace CoinPay.Simulation.Runtime;

/// <summary>The services of a process: the gateway's own, with the simulation's storage, nodes, task hub and clock.</summary>
internal static class AppParts
{
    public const string OperatorKey = "operator-key-of-a-simulation-0123456789";

    /// <summary>Clients that sign every request with a key spend a twentieth of a run on it.</summary>
    private const string Storage =
        "TableEndpoint=https://memory.table.core.windows.net/;QueueEndpoint=https://memory.queue.core.windows.net/;SharedAccessSignature=sig=m";

    private static readonly IConfiguration Configuration = new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsStorage"] = Storage,
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["CoinPay:OperatorKey"] = OperatorKey,
            ["CoinPay:KeyPepper"] = "pepper-of-a-simulation-0123456789",
            ["CoinPay:SecretsKey"] = Convert.ToBase64String(new byte[32]),
            // They would refill by the machine's clock, and their timers outlive the processes.
            ["CoinPay:Limits:RequestsPerKey"] = "0",
            ["CoinPay:Limits:RequestsPerAddress"] = "0",
        })
        .Build();

    /// <summary>The version of new orchestrations: host.json's <c>defaultVersion</c>.</summary>
    public static string OrchestrationVersion { get; } = new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(RepositoryFiles.Root, "host.json"))
        .Build()["extensions:durableTask:defaultVersion"]!;

    private static readonly IReadOnlyList<ServiceDescriptor> Shared = [.. Common()];

    public static IServiceCollection For(AppProcess process, World world)
    {
        ProcessTransport queues = new(world.Storage.Queues, process, world.Calls);
        QueueClientOptions queueOptions = Quiet(StorageClients.QueueOptions());
        queueOptions.Transport = queues;
        TableServiceClient tables = TablesOf(process, world);
        IServiceCollection parts = new ServiceCollection()
            .Add(Shared)
            .AddSingleton(process.Time)
            .AddSingleton<ILoggerFactory>(new BugLog(world))
            .AddSingleton<RandomNumberGenerator>(world.Numbers)
            .AddSingleton(tables)
            .AddSingleton(new QueueServiceClient(Storage, queueOptions))
            .AddSingleton(new AppendBlobs().Service())
            .AddSingleton(world.Offered)
            .AddSingleton<IRateSource>(world.Rates)
            .AddSingleton(new ChainDirectory(process.Nodes.Select(node => world.Seams.Through(node))))
            .AddSingleton(provider => new WebhookSender(
                world.Internet, provider.GetRequiredService<WebhookTargets>(), provider.GetRequiredService<SecretBox>(), process.Time))
            .AddSingleton<DurableTaskClient>(new FaultyWakes(process.Hub.Client(), world.Wakes));
        world.Seams.Change(parts);
        return parts;
    }

    /// <summary>Directly, as all that the protocol adds is half of a run's cost; by the protocol to see that it adds nothing else.</summary>
    private static TableServiceClient TablesOf(AppProcess process, World world) => world.UsesProtocol
        ? new(Storage, Quiet(new TableClientOptions { Transport = new ProcessTransport(world.Storage.Tables, process, world.Calls) }))
        : world.Storage.DirectTableService(process.CallAsync);

    /// <summary>No retries, because they wait in real time, and nothing that only costs time.</summary>
    public static T Quiet<T>(T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 0;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }

    private static IServiceCollection Common()
    {
        Type[] replaced =
        [
            typeof(TimeProvider), typeof(RandomNumberGenerator), typeof(TableServiceClient), typeof(QueueServiceClient), typeof(BlobServiceClient), typeof(Networks),
            typeof(ChainDirectory), typeof(WebhookSender), typeof(NodeConnection), typeof(Microsoft.Extensions.Hosting.IHostedService),
        ];
        return new ServiceCollection()
            .Add(new ServiceCollection().AddGateway(Configuration).Where(part => !replaced.Contains(part.ServiceType)))
            .AddSingleton(Configuration)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>));
    }
}
