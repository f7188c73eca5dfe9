using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Chains;
using CoinPay.Chains.Bitcoin;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Startup;
using CoinPay.Functions.Watching;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Storage.Blobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Testing.Gateway;

/// <summary>
/// Merchants and webhooks as in one process, on real tables and queues and a clock that a test controls.
/// </summary>
internal sealed class Edge : IAsyncDisposable
{
    public const string OperatorKey = "operator-key-of-a-test-0123456789";

    private readonly ServiceProvider _services;

    private Edge(ServiceProvider services) => _services = services;

    public FakeTimeProvider Clock => (FakeTimeProvider)Get<TimeProvider>();

    public Tables Tables => Get<Tables>();

    public static async Task<Edge> StartAsync(
        ITestStorage storage, StorageDeath? death = null, FakeTimeProvider? clock = null,
        Action<IServiceCollection>? change = null, params (string Name, string Value)[] settings)
    {
        Dictionary<string, string?> configuration = new(StringComparer.Ordinal)
        {
            ["AzureWebJobsStorage"] = storage.ConnectionString,
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["CoinPay:OperatorKey"] = OperatorKey,
            ["CoinPay:KeyPepper"] = "pepper-of-a-test-0123456789",
            ["CoinPay:SecretsKey"] = Convert.ToBase64String(new byte[32]),
            ["CoinPay:Webhooks:AllowLoopback"] = "true",
            ["CoinPay:Limits:RequestsPerKey"] = "0",
        };
        foreach ((string name, string value) in settings)
            configuration[name] = value;
        IConfiguration root = new ConfigurationBuilder().AddInMemoryCollection(configuration).Build();
        ServiceCollection services = new();
        services.AddLogging().AddSingleton(root)
            .AddPlatform(root).AddHttp().AddAccess().AddRates(root).AddMerchants().AddWebhooks().AddWallets().AddMaintenance();
        services.AddSingleton<TimeProvider>(clock ?? new FakeTimeProvider(DateTimeOffset.UtcNow));
        services.AddSingleton(new Networks([Anvil, Regtest])).AddSingleton<CursorStore>().AddSingleton<WatchStore>().AddSingleton<OfferChecks>();
        services.AddSingleton(provider => QuietNode.Of(provider.GetRequiredService<Networks>()));
        services.Replace(ServiceDescriptor.Singleton(storage.Tables(death)));
        services.Replace(ServiceDescriptor.Singleton(storage.Queues(death)));
        services.Replace(ServiceDescriptor.Singleton(new AppendBlobs().Service()));
        change?.Invoke(services);
        if (death is null)
            await new Tables(storage.Tables()).EnsureCreatedAsync(CancellationToken.None);
        return new(services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Calls a function class as the host does: created for the call, with problems turned into responses.</summary>
    public async Task<EdgeAnswer> CallAsync<TFunction>(
        Func<TFunction, HttpRequest, Task<IActionResult>> run, string? key, object? body = null,
        string? idempotencyKey = null, string query = "")
    {
        DefaultHttpContext context = new() { RequestServices = _services };
        HttpRequest request = context.Request;
        request.QueryString = new(query);
        if (key is not null)
            request.Headers.Authorization = "Bearer " + key;
        if (idempotencyKey is not null)
            request.Headers[IdempotencyKey.Header] = idempotencyKey;
        if (body is not null)
        {
            byte[] bytes = body as byte[] ?? Encoding.UTF8.GetBytes(body as string ?? JsonSerializer.Serialize(body));
            (request.Body, request.ContentType, request.ContentLength) = (
                new MemoryStream(bytes), "application/json", bytes.Length);
        }
        EdgeAnswer answer = await AnswerAsync(run, request);
        OpenApiCheck.Check(new(
            JsonNamingPolicy.CamelCase.ConvertName(typeof(TFunction).Name), "", null,
            body is null || body is string or byte[]? body as string : JsonSerializer.Serialize(body), (int)answer.Status,
            answer.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            answer.Text));
        return answer;
    }

    private async Task<EdgeAnswer> AnswerAsync<TFunction>(
        Func<TFunction, HttpRequest, Task<IActionResult>> run, HttpRequest request)
    {
        try
        {
            return await EdgeAnswer.OfAsync(
                await run(ActivatorUtilities.CreateInstance<TFunction>(_services), request));
        }
        catch (ProblemException refused)
        {
            return await EdgeAnswer.OfAsync(refused.Problem.ToAnswer());
        }
    }

    public Task<EdgeAnswer> CreateMerchantAsync(object body, string? idempotencyKey = null) =>
        CallAsync<CreateMerchant>(
            (function, request) => function.Run(request, default), OperatorKey, body, idempotencyKey);

    /// <summary>A merchant's id and its key with all scopes.</summary>
    public async Task<(string Id, string Key)> MerchantAsync(bool livemode = false)
    {
        EdgeAnswer made = (await CreateMerchantAsync(new { name = "A shop", livemode })).Expect(HttpStatusCode.Created);
        return (made["id"]!, made["api_key"]!);
    }

    /// <summary>A new endpoint's id and secret.</summary>
    public async Task<(string Id, string Secret)> EndpointAsync(string key, Uri url, params string[] events)
    {
        object body = events.Length == 0 ? new { url } : new { url, events };
        EdgeAnswer made = await CallAsync<CreateWebhookEndpoint>(
            (function, request) => function.Run(request, default), key, body);
        made.Expect(HttpStatusCode.Created);
        return (made["id"]!, made["secret"]!);
    }

    /// <summary>Handles visible messages until there are none.</summary>
    public async Task<int> DeliverAllAsync()
    {
        int handled = 0;
        foreach (string name in new[] { DeliveryQueue.Fast, DeliveryQueue.Slow })
        {
            QueueClient queue = Get<QueueServiceClient>().GetQueueClient(name);
            await queue.CreateIfNotExistsAsync();
            while ((await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(30))).Value is { } message)
            {
                await TakeAsync(name, message.MessageText);
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
                handled++;
            }
        }
        return handled;
    }

    /// <summary>Runs the function of a delivery queue on a message.</summary>
    public Task TakeAsync(string queue, string message) => queue == DeliveryQueue.Fast
        ? Function<DeliverWebhook>().Run(message, default)
        : Function<DeliverSlowWebhook>().Run(message, default);

    /// <summary>Creates a function class as the host does.</summary>
    public T Function<T>() => ActivatorUtilities.CreateInstance<T>(_services);

    /// <summary>
    /// Every row of every table, as text: what no secret may be in, and what a refused call must not change.
    /// </summary>
    public async Task<string> DumpAsync()
    {
        StringBuilder dump = new();
        foreach (
            TableClient table in new[] { Tables.Merchants, Tables.Index, Tables.Events, Tables.Deliveries,
                Tables.Idempotency })
            await foreach (TableEntity row in table.QueryAsync<TableEntity>())
                dump.Append(table.Name).Append(' ').AppendLine(
                    string.Join(' ', row.OrderBy(p => p.Key, StringComparer.Ordinal).Select(Shown)));
        return dump.ToString();
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static string Shown(KeyValuePair<string, object> property) =>
        property.Key + "=" + (property.Value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : property.Value);

    public static Network Anvil { get; } = new()
    {
        Name = "anvil",
        Id = "eip155:31337",
        Family = EvmFamily.Instance,
        Rpc = new("http://127.0.0.1:1"),
        Confirmations = 3,
        Assets =
        [
            new() { Asset = new Asset("eip155:31337/slip44:60", "ETH", 18) },
        ],
    };

    public static Network Regtest { get; } = new()
    {
        Name = "bitcoin-regtest",
        Id = "bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
        Family = BitcoinFamily.Instance,
        Coin = "bitcoin",
        Chain = "regtest",
        Rpc = new("http://127.0.0.1:1"),
        Confirmations = 2,
        Assets =
        [
            new() { Asset = new Asset("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", "BTC", 8), Dust = 546 },
        ],
    };
}

/// <summary>A function's response.</summary>
internal sealed record EdgeAnswer(HttpStatusCode Status, string Text, string? ContentType, IHeaderDictionary Headers)
{
    public static async Task<EdgeAnswer> OfAsync(IActionResult result)
    {
        DefaultHttpContext context = new();
        using MemoryStream body = new();
        context.Response.Body = body;
        await result.ExecuteResultAsync(new ActionContext { HttpContext = context });
        return new(
            (HttpStatusCode)context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()),
            context.Response.ContentType, context.Response.Headers);
    }

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string? this[string name] => Json.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;

    public EdgeAnswer Expect(HttpStatusCode status)
    {
        Xunit.Assert.True(Status == status, $"expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    public EdgeAnswer ExpectProblem(HttpStatusCode status, string code)
    {
        Expect(status);
        Xunit.Assert.StartsWith("application/problem+json", ContentType, StringComparison.Ordinal);
        Xunit.Assert.Equal(code, this["code"]);
        return this;
    }
}
