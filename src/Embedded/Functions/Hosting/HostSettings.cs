using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Embedded.Hosting;

/// <summary>host.json, as far as it is honoured here; anything else in it is left to the real host.</summary>
internal sealed record HostSettings(string RoutePrefix, TimeSpan FunctionTimeout, QueueSettings Queues, DurableSettings Durable)
{
    /// <summary>host.json from the content root, what tests put over it, and <c>AzureFunctionsJobHost__…</c> of the environment.</summary>
    public static HostSettings Load(EmbeddedOptions options, IConfiguration app)
    {
        IConfigurationRoot json = ReadHostJson(options);
        IConfigurationSection overrides = app.GetSection("AzureFunctionsJobHost");
        string? Read(string path) => overrides[path] ?? json[path];
        return new(
            Read("extensions:http:routePrefix") ?? "api",
            Span(Read("functionTimeout"), TimeSpan.FromMinutes(30)),
            new(
                BatchSize: Number(Read("extensions:queues:batchSize"), 16),
                NewBatchThreshold: Number(Read("extensions:queues:newBatchThreshold"), 8),
                MaxDequeueCount: Number(Read("extensions:queues:maxDequeueCount"), 5),
                MaxPollingInterval: Span(Read("extensions:queues:maxPollingInterval"), TimeSpan.FromMinutes(1)),
                VisibilityTimeout: Span(Read("extensions:queues:visibilityTimeout"), TimeSpan.Zero),
                Encoding: Enum.Parse<QueueMessageEncoding>(Read("extensions:queues:messageEncoding") ?? "base64", ignoreCase: true)),
            new(
                HubName: Read("extensions:durableTask:hubName") ?? "TestHubName",
                MaxConcurrentActivities: Number(
                    Read("extensions:durableTask:maxConcurrentActivityFunctions"), 10 * Environment.ProcessorCount),
                InstancesInMemory: Number(app["Embedded:InstancesInMemory"], 1000)));
    }

    public static IConfigurationRoot ReadHostJson(EmbeddedOptions options) => new ConfigurationBuilder()
        .SetBasePath(options.ContentRoot)
        .AddJsonFile("host.json", optional: true)
        .AddInMemoryCollection(options.HostJson)
        .Build();

    private static int Number(string? text, int otherwise) => text is null ? otherwise : int.Parse(text);

    private static TimeSpan Span(string? text, TimeSpan otherwise) => text is null ? otherwise : TimeSpan.Parse(text);
}

/// <summary>host.json, <c>extensions.queues</c>. A message that failed stays hidden for the visibility timeout.</summary>
internal sealed record QueueSettings(
    int BatchSize,
    int NewBatchThreshold,
    int MaxDequeueCount,
    TimeSpan MaxPollingInterval,
    TimeSpan VisibilityTimeout,
    QueueMessageEncoding Encoding);

/// <summary>
/// host.json, <c>extensions.durableTask</c>; how many orchestrations stay in memory while they wait is ours, not the real host's.
/// </summary>
internal sealed record DurableSettings(string HubName, int MaxConcurrentActivities, int InstancesInMemory);
