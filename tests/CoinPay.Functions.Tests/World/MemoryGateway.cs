using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Http;
using CoinPay.Testing.Storage;
using CoinPay.Embedded.Worker;
using CoinPay.Functions.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Telemetry;
using CoinPay.Functions.Tests.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Tests.World;

/// <summary>
/// The gateway's HTTP side in this process: every function behind Kestrel with the middleware of Program.cs, storage in
/// memory, no nodes and no orchestrations.
/// </summary>
internal sealed class MemoryGateway : IAsyncDisposable
{
    public const string OperatorKey = "operator-key-of-a-test-0123456789";

    private readonly WebApplication _app;
    private readonly MemoryStorage _storage;
    private int _underWay;

    private MemoryGateway(WebApplication app, MemoryStorage storage)
    {
        (_app, _storage) = (app, storage);
        Operator = null!;
    }

    public Uri Address => new(_app.Urls.Single());

    public Api Operator { get; private set; }

    public static async Task<MemoryGateway> StartAsync(params (string Name, string? Value)[] settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)));
        MemoryStorage storage = new(TimeProvider.System);
        FunctionCatalog catalog = AddFunctions(builder, storage);
        WebApplication app = builder.Build();
        MemoryGateway gateway = new(app, storage);
        app.Use((http, next) =>
        {
            // Registered first and so called last: once nothing is under way, what follows an answer is done too.
            Interlocked.Increment(ref gateway._underWay);
            http.Response.OnCompleted(() =>
            {
                Interlocked.Decrement(ref gateway._underWay);
                return Task.CompletedTask;
            });
            return next(http);
        });
        app.UseRouting();
        HttpFunctions.Map(app, catalog, app.Services.GetRequiredService<HostSettings>());
        await app.Services.GetRequiredService<Stores.Tables>().EnsureCreatedAsync(CancellationToken.None);
        await app.StartAsync();
        gateway.Operator = new(gateway.Address, OperatorKey);
        return gateway;
    }

    /// <summary>A merchant with a wallet on anvil: its id and a key with all scopes.</summary>
    public async Task<(string Id, string Key)> MerchantAsync()
    {
        ApiAnswer merchant = (await Operator.PostAsync("/v1/merchants", new { name = "A shop" })).Expect(System.Net.HttpStatusCode.Created);
        object wallet = new { kind = "forwarder", settlement_address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" };
        (await Operator.PutAsync($"/v1/merchants/{merchant["id"]}/wallets/anvil", wallet)).Expect(System.Net.HttpStatusCode.OK);
        return (merchant["id"]!, merchant["api_key"]!);
    }

    /// <summary>Waits until every request is answered and what follows an answer is done.</summary>
    public async Task QuietAsync()
    {
        while (Volatile.Read(ref _underWay) > 0)
            await Task.Delay(1);
    }

    /// <summary>Every row of every table but the audit log, which also tells of calls that were refused.</summary>
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
        await _app.DisposeAsync();
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

    private static FunctionCatalog AddFunctions(WebApplicationBuilder builder, MemoryStorage storage)
    {
        EmbeddedOptions options = new() { FunctionsAssembly = typeof(Gateway).Assembly };
        FunctionCatalog catalog = FunctionCatalog.Discover(options);
        IServiceCollection services = builder.Services;
        foreach (ServiceDescriptor part in new ServiceCollection().AddGateway(builder.Configuration))
            if (part.ServiceType != typeof(IHostedService))
                services.Add(part);
        services.AddMvcCore();
        services.AddSingleton(storage.TableService()).AddSingleton(storage.QueueService(QueueMessageEncoding.Base64));
        services.AddSingleton(new Networks(OfferedNetworks.All)).AddSingleton<DurableTaskClient>(new NoInstances());
        services.AddSingleton(catalog).AddSingleton(HostSettings.Load(options, builder.Configuration));
        services.AddSingleton<FunctionInvoker>().AddSingleton<HostKeys>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, AcceptedMethodsPolicy>());
        services.AddSingleton<FollowInvoice>().AddSingleton<AuditMiddleware>().AddSingleton<ProblemMiddleware>().AddSingleton<LimitMiddleware>();
        services.AddSingleton(new MiddlewareList([Use<FollowInvoice>, Use<AuditMiddleware>, Use<ProblemMiddleware>, Use<LimitMiddleware>]));
        return catalog;
    }

    private static FunctionExecutionDelegate Use<T>(FunctionExecutionDelegate next)
        where T : class, IFunctionsWorkerMiddleware =>
        context => context.InstanceServices.GetRequiredService<T>().Invoke(context, next);

    private static string Shown(KeyValuePair<string, object> property) =>
        property.Key + "=" + (property.Value is byte[] bytes ? Convert.ToHexString(bytes) : property.Value);

    /// <summary>Takes every start and every wake, and runs nothing.</summary>
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

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
