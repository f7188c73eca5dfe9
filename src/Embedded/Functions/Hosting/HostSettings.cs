using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.Hosting;

/// <summary>host.json, as far as it is honoured here; anything else in it is left to the real host.</summary>
internal sealed record HostSettings
{
    public required string RoutePrefix { get; init; }

    public required TimeSpan FunctionTimeout { get; init; }

    public required QueueSettings Queues { get; init; }

    public required DurableSettings Durable { get; init; }

    /// <summary>host.json from the content root, what tests put over it, and <c>AzureFunctionsJobHost__…</c> of the environment.</summary>
    public static HostSettings Load(EmbeddedOptions options, IConfiguration app)
    {
        IConfigurationRoot json = ReadHostJson(options);
        IConfigurationSection overrides = app.GetSection("AzureFunctionsJobHost");
        string? Read(string path) => overrides[path] ?? json[path];
        return new()
        {
            RoutePrefix = Read("extensions:http:routePrefix") ?? "api",
            FunctionTimeout = Span(Read("functionTimeout"), TimeSpan.FromMinutes(30)),
            Queues = new()
            {
                BatchSize = Number(Read("extensions:queues:batchSize"), 16),
                NewBatchThreshold = Number(Read("extensions:queues:newBatchThreshold"), 8),
                MaxDequeueCount = Number(Read("extensions:queues:maxDequeueCount"), 5),
                MaxPollingInterval = Span(Read("extensions:queues:maxPollingInterval"), TimeSpan.FromMinutes(1)),
                VisibilityTimeout = Span(Read("extensions:queues:visibilityTimeout"), TimeSpan.Zero),
                Encoding = Enum.Parse<QueueMessageEncoding>(Read("extensions:queues:messageEncoding") ?? "base64", ignoreCase: true),
            },
            Durable = new()
            {
                HubName = Read("extensions:durableTask:hubName") ?? "TestHubName",
                MaxConcurrentActivities = Number(
                    Read("extensions:durableTask:maxConcurrentActivityFunctions"), 10 * Environment.ProcessorCount),
                InstancesInMemory = Number(app["Embedded:InstancesInMemory"], DurableSettings.DefaultInstancesInMemory),
            },
        };
    }

    public static IConfigurationRoot ReadHostJson(EmbeddedOptions options) => new ConfigurationBuilder()
        .SetBasePath(options.ContentRoot)
        .AddJsonFile("host.json", optional: true)
        .AddInMemoryCollection(options.HostJson)
        .Build();

    private static int Number(string? text, int otherwise) => text is null ? otherwise : int.Parse(text);

    private static TimeSpan Span(string? text, TimeSpan otherwise) => text is null ? otherwise : TimeSpan.Parse(text);
}

/// <summary>host.json, <c>extensions.queues</c>.</summary>
internal sealed record QueueSettings
{
    public required int BatchSize { get; init; }

    public required int NewBatchThreshold { get; init; }

    public required int MaxDequeueCount { get; init; }

    public required TimeSpan MaxPollingInterval { get; init; }

    /// <summary>How long a message that failed stays hidden.</summary>
    public required TimeSpan VisibilityTimeout { get; init; }

    public required QueueMessageEncoding Encoding { get; init; }
}

/// <summary>host.json, <c>extensions.durableTask</c>.</summary>
internal sealed record DurableSettings
{
    public const int DefaultInstancesInMemory = 1000;

    public required string HubName { get; init; }

    public required int MaxConcurrentActivities { get; init; }

    /// <summary>How many orchestrations stay in memory while they wait; ours, not the real host's.</summary>
    public required int InstancesInMemory { get; init; }
}
