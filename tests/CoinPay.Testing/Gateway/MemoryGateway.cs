using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Chains;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Front;
using CoinPay.Testing.Storage;
using CoinPay.Testing.Storage.Blobs;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;

namespace CoinPay.Testing.Gateway;

/// <summary>
/// The gateway's HTTP side in this process: every function behind Kestrel with the middleware of Program.cs, storage in
/// memory, no nodes and no orchestrations.
/// </summary>
internal sealed class MemoryGateway : IAsyncDisposable
{
    public const string OperatorKey = "operator-key-of-a-test-0123456789";

    private readonly FunctionsFront _front;
    private readonly MemoryStorage _storage;

    private MemoryGateway(FunctionsFront front, MemoryStorage storage, AppendBlobs archive)
    {
        (_front, _storage, Archive) = (front, storage, archive);
        Operator = new(Address, OperatorKey);
    }

    public Uri Address => _front.Address;

    public Api Operator { get; }

    /// <summary>What the audit log has archived.</summary>
    public AppendBlobs Archive { get; }

    public static Task<MemoryGateway> StartAsync(params (string Name, string? Value)[] settings) => StartAsync(static _ => null, settings);

    /// <param name="difference">How the settings of an asset differ from its chain.</param>
    public static Task<MemoryGateway> StartAsync(
        Func<NetworkAsset, string?> difference, params (string Name, string? Value)[] settings) =>
        StartOnAsync(node => node.Difference = difference, settings);

    /// <param name="prepare">Decides what each network's node says.</param>
    public static async Task<MemoryGateway> StartOnAsync(Action<QuietNode> prepare, params (string Name, string? Value)[] settings)
    {
        QuietNode[] nodes = [.. OfferedNetworks.All.Select(network => new QuietNode(network))];
        foreach (QuietNode node in nodes)
            prepare(node);
        Dictionary<string, string?> configuration = Settings;
        foreach ((string name, string? value) in settings)
            configuration[name] = value;
        MemoryStorage storage = new(TimeProvider.System);
        AppendBlobs archive = new();
        CoinPay.Functions.Platform.Storage.Tables tables = new(storage.TableService());
        await tables.EnsureCreatedAsync(CancellationToken.None);
        await ReadNetworks.SaveAsync(tables, [.. OfferedNetworks.All.Select(network => network.Name)]);
        FunctionsFront front = await FunctionsFront.StartAsync(
            configuration,
            services => services
                .AddSingleton(storage.TableService())
                .AddSingleton(archive.Service())
                .AddSingleton(storage.QueueService(QueueMessageEncoding.Base64))
                .AddSingleton(new Networks(OfferedNetworks.All))
                .AddSingleton(new ChainDirectory(nodes))
                .AddSingleton<DurableTaskClient>(new NoInstances()));
        OfferChecks offers = front.Services.GetRequiredService<OfferChecks>();
        foreach (Network network in OfferedNetworks.All)
            await offers.CheckIfDueAsync(network, CancellationToken.None);
        return new(front, storage, archive);
    }

    /// <summary>The last complete poll of anvil began then.</summary>
    public Task PolledAsync(DateTimeOffset at) => ReadNetworks.SaveAsync(new(_storage.TableService()), at, OfferedNetworks.First.Name);

    /// <summary>A merchant with a wallet on anvil: its id and a key with all scopes.</summary>
    public async Task<(string Id, string Key)> MerchantAsync()
    {
        ApiAnswer merchant = (await Operator.PostAsync("/v1/merchants", new { name = "A shop" })).Expect(System.Net.HttpStatusCode.Created);
        object wallet = new { kind = "forwarder", settlement_address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" };
        (await Operator.PutAsync($"/v1/merchants/{merchant["id"]}/wallets/anvil", wallet)).Expect(System.Net.HttpStatusCode.OK);
        return (merchant["id"]!, merchant["api_key"]!);
    }

    /// <summary>Waits until every request and the work after its response are complete.</summary>
    public Task QuietAsync() => _front.QuietAsync();

    /// <summary>Every row of every table except the audit log, which also records refused calls.</summary>
    public async Task<string> DumpAsync()
    {
        TableServiceClient service = _storage.TableService();
        List<string> rows = [];
        await foreach (Azure.Data.Tables.Models.TableItem table in service.QueryAsync())
            if (table.Name != "Audit")
                await foreach (TableEntity row in service.GetTableClient(table.Name).QueryAsync<TableEntity>())
                    rows.Add(table.Name + " " + string.Join(' ', row.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(Shown)));
        rows.Sort(StringComparer.Ordinal);
        return string.Join('\n', rows);
    }

    public async ValueTask DisposeAsync()
    {
        Operator.Dispose();
        await _front.DisposeAsync();
    }

    private static Dictionary<string, string?> Settings => new(StringComparer.Ordinal)
    {
        ["AzureWebJobsStorage"] = MemoryStorage.ConnectionString,
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
        ["CoinPay:OperatorKey"] = OperatorKey,
        ["CoinPay:KeyPepper"] = "pepper-of-a-test-0123456789",
        ["CoinPay:SecretsKey"] = Convert.ToBase64String(new byte[32]),
        ["CoinPay:Rates:EUR:USDT"] = "1.0812",
        ["CoinPay:Limits:RequestsPerKey"] = "0",
        ["CoinPay:Limits:RequestsPerAddress"] = "0",
    };

    private static string Shown(KeyValuePair<string, object> property) =>
        property.Key + "=" + (property.Value is byte[] bytes ? Convert.ToHexString(bytes) : property.Value);

    /// <summary>Accepts every start and wake, and runs nothing.</summary>
    private sealed class NoInstances() : DurableTaskClient("none")
    {
        public override Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName, object? input = null,
            StartOrchestrationOptions? options = null, CancellationToken cancellation = default) =>
            Task.FromResult(options!.InstanceId!);

        public override Task RaiseEventAsync(
            string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) =>
            Task.CompletedTask;

        public override Task<OrchestrationMetadata?> GetInstancesAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            Task.FromResult<OrchestrationMetadata?>(null);

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
            string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(
            OrchestrationQuery? filter = null) => throw new NotSupportedException();

        public override Task SuspendInstanceAsync(
            string instanceId, string? reason = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override Task ResumeInstanceAsync(
            string instanceId, string? reason = null, CancellationToken cancellation = default) =>
            throw new NotSupportedException();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
