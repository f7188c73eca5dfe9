using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using CoinPay.Host.TestApp;

namespace CoinPay.Host.Tests.World;

/// <summary>A task hub, queues and diary of its own in the tests' storage, and the hosts that work on them.</summary>
internal sealed class TestRun : IAsyncDisposable
{
    private readonly string _storage;
    private readonly List<HostProcess> _hosts = [];

    private TestRun(string storage) => _storage = storage;

    /// <summary>Also the task hub's and the host id.</summary>
    public string Name { get; } = "r" + Guid.NewGuid().ToString("N")[..12];

    private BlobContainerClient Hosts => new(_storage, "azure-webjobs-hosts");

    private TableClient Diary => new(_storage, TestApp.Diary.Table);

    public static Task<TestRun> BeginAsync(TestStorage storage) => BeginAsync(storage.ConnectionString);

    public static async Task<TestRun> BeginAsync(string storage)
    {
        TestRun run = new(storage);
        await run.Diary.CreateIfNotExistsAsync();
        foreach (string queue in (string[])[Queues.Texts, Queues.Orders, Queues.Messages])
            await run.Queue(queue).CreateIfNotExistsAsync();
        return run;
    }

    /// <summary>Starts a host and waits until it is ready.</summary>
    public async Task<HostProcess> StartAsync(string[] options, params (string Name, string? Value)[] settings)
    {
        HostProcess host = await LaunchAsync(options, settings);
        await host.IsReadyAsync();
        return host;
    }

    /// <summary>Starts a host and waits only until it listens.</summary>
    public async Task<HostProcess> LaunchAsync(string[] options, params (string Name, string? Value)[] settings)
    {
        Dictionary<string, string?> environment = new(StringComparer.Ordinal)
        {
            ["AzureWebJobsStorage"] = _storage,
            ["AzureFunctionsJobHost__extensions__durableTask__hubName"] = Name,
            [TestApp.Diary.TestRun] = Name,
            ["Often"] = "0 0 0 1 1 *",
            ["Seldom"] = "0 0 0 1 1 *",
            ["CoinPayHost__SystemKey"] = HostProcess.SystemKey,
        };
        foreach ((string name, string? value) in settings)
            environment[name] = value;
        HostProcess host = await HostProcess.LaunchAsync(options, environment);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Everything that hosts wrote on a topic, in order.</summary>
    public async Task<IReadOnlyList<Entry>> ReadAsync(string topic)
    {
        string partition = TestApp.Diary.Partition(Name, topic);
        List<Entry> entries = [];
        await foreach (TableEntity row in Diary.QueryAsync<TableEntity>(row => row.PartitionKey == partition))
            entries.Add(new(row.GetString("Text"), row.GetInt32("ProcessId")!.Value, row.GetDateTimeOffset("At")!.Value));
        return [.. entries.OrderBy(entry => entry.At)];
    }

    public async Task<IReadOnlyList<string>> TextsAsync(string topic) => [.. (await ReadAsync(topic)).Select(entry => entry.Text)];

    /// <summary>Lets functions go on that wait for the topic.</summary>
    public Task OpenAsync(string topic) =>
        Diary.AddEntityAsync(new TableEntity(TestApp.Diary.Partition(Name, "open-" + topic), Guid.NewGuid().ToString("N")));

    /// <summary>Waits until the text is among what was written on the topic.</summary>
    public async Task WrittenAsync(string topic, string text)
    {
        IReadOnlyList<string> texts = [];
        await Eventually.UntilAsync(
            async () => (texts = await TextsAsync(topic)).Contains(text),
            () => $"\"{text}\" on {topic}, which has: {string.Join(", ", texts)}\n{Logs}");
    }

    public QueueClient Queue(string name, QueueMessageEncoding encoding = QueueMessageEncoding.Base64) =>
        new(_storage, $"{Name}-{name}", new QueueClientOptions { MessageEncoding = encoding });

    /// <summary>How many messages a queue holds, hidden ones too.</summary>
    public async Task<int> CountAsync(string queue) => (await Queue(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;

    /// <summary>Where the host keeps a timer's status.</summary>
    public async Task<BlobClient> TimerStatusAsync(string timer)
    {
        await Hosts.CreateIfNotExistsAsync();
        return Hosts.GetBlobClient($"timers/{Name}/Host.Functions.{timer}/status");
    }

    /// <summary>What a host has a lease on that has the name.</summary>
    public BlobClient NameOf(string host) => Hosts.GetBlobClient($"coinpay-hosts/{Name}/{host}");

    /// <summary>What the host has a lease on that runs the timer.</summary>
    public BlobClient LockOf(string timer) => Hosts.GetBlobClient($"locks/{Name}/Host.Functions.{timer}.Listener");

    /// <summary>All that every host of the run has printed.</summary>
    public string Logs => string.Join("\n\n", _hosts.Select(host => host.Output));

    public async ValueTask DisposeAsync()
    {
        foreach (HostProcess host in _hosts)
            await host.DisposeAsync();
    }

    internal sealed record Entry(string Text, int ProcessId, DateTimeOffset At);
}
