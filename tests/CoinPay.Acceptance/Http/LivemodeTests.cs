using System.Net;
using System.Numerics;
using System.Reflection;
using Azure.Data.Tables;
using CoinPay.Acceptance.World;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Startup;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace CoinPay.Acceptance.Http;

/// <summary>
/// One merchant with keys of both kinds: through no call does one kind reach what is of the other. Calls are found by their
/// triggers, so that a new one is tried too.
/// </summary>
public sealed class LivemodeTests(LivemodeWorld world) : IClassFixture<LivemodeWorld>
{
    /// <summary>What a call needs in order to get as far as the look-up.</summary>
    private static readonly Dictionary<string, string> Bodies = new(StringComparer.Ordinal)
    {
        ["post v1/exceptions/{id}/resolve"] = """{"action":"ignore"}""",
        ["post v1/invoices/{id}/fulfilments"] = """{"key":"ful_1"}""",
        ["patch v1/webhook-endpoints/{id}"] = """{"description":"taken over"}""",
        ["post v1/webhook-endpoints/{id}/replay"] = """{"since":"2026-01-01T00:00:00Z"}""",
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_of_one_kind_neither_sees_nor_touches_what_is_of_the_other(bool live)
    {
        (Side mine, Side theirs) = live ? (world.Live, world.Test) : (world.Test, world.Live);
        string before = await theirs.ReadAsync();
        int tried = 0;
        foreach ((string method, string route) in MerchantCalls())
        {
            if (route.Contains('{', StringComparison.Ordinal))
                await CannotReachAsync(mine, theirs, method, route);
            else if (method == "get")
                await DoesNotListAsync(mine, theirs, route);
            tried++;
        }
        Assert.True(tried >= 17, $"{tried} calls were tried");
        Assert.Equal(before, await theirs.ReadAsync());
    }

    [Fact]
    public async Task An_invoice_is_made_only_on_networks_of_the_keys_own_kind()
    {
        (await world.Test.CreateAsync("ethereum")).ExpectProblem(HttpStatusCode.BadRequest, "unsupported_network");
        (await world.Live.CreateAsync("anvil")).ExpectProblem(HttpStatusCode.BadRequest, "unsupported_network");
        Assert.Equal("true", (await world.Live.CreateAsync("ethereum")).Expect(HttpStatusCode.Created)["livemode"]);
    }

    [Fact]
    public async Task An_Idempotency_Key_never_brings_one_kind_the_answer_that_the_other_got()
    {
        object order = new { price = new { amount = "1", currency = "ETH" }, network = "anvil", asset = "ETH" };
        string id = (await world.Test.Key.PostAsync("/v1/invoices", order, "order-1")).Expect(HttpStatusCode.Created)["id"]!;
        (await world.Live.Key.PostAsync("/v1/invoices", order, "order-1"))
            .ExpectProblem(HttpStatusCode.BadRequest, "unsupported_network");

        string cancel = $"/v1/invoices/{id}/cancel";
        (await world.Test.Key.PostAsync(cancel, null, "order-1")).Expect(HttpStatusCode.OK);
        (await world.Live.Key.PostAsync(cancel, null, "order-1")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
    }

    private static async Task CannotReachAsync(Side mine, Side theirs, string method, string route)
    {
        string path = "/" + route.Replace("{id}", theirs.IdIn(route), StringComparison.Ordinal);
        ApiAnswer answer = await mine.Key.SendAsync(new(method.ToUpperInvariant()), path, Bodies.GetValueOrDefault($"{method} {route}"));
        Assert.True(answer.Status == HttpStatusCode.NotFound, $"{method} {path} answered {(int)answer.Status}: {answer.Text}");
    }

    private static async Task DoesNotListAsync(Side mine, Side theirs, string route)
    {
        foreach (string id in theirs.Ids)
        {
            string query = route switch
            {
                "v1/networks" => "",
                "v1/search" => $"?limit=100&q={id}",
                _ => "?limit=100",
            };
            ApiAnswer answer = (await mine.Key.GetAsync($"/{route}{query}")).Expect(HttpStatusCode.OK);
            Assert.DoesNotContain(id, answer.Text, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string Method, string Route)> MerchantCalls() =>
        from type in typeof(Gateway).Assembly.GetTypes()
        from parameter in type.GetMethods().SelectMany(method => method.GetParameters())
        let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
        where trigger?.Route?.StartsWith("v1/", StringComparison.Ordinal) == true
            && !trigger.Route.StartsWith("v1/merchants", StringComparison.Ordinal)
            && !trigger.Route.StartsWith("v1/ops", StringComparison.Ordinal)
        from method in trigger.Methods!
        select (method, trigger.Route);
}

/// <summary>What a merchant has on one side of the wall, and the key that opens that side.</summary>
internal sealed record Side(Api Key, string InvoiceId, string EndpointId, string EventId, string ExceptionId)
{
    public IEnumerable<string> Ids => [InvoiceId, EndpointId, EventId, ExceptionId];

    public string IdIn(string route) => route.Split('/')[1] switch
    {
        "invoices" => InvoiceId,
        "webhook-endpoints" => EndpointId,
        "events" => EventId,
        "exceptions" => ExceptionId,
        string other => throw new ArgumentException($"say here which id of {other} the other kind is to be tried with"),
    };

    /// <summary>All of it as its own key sees it.</summary>
    public async Task<string> ReadAsync()
    {
        string[] paths = [$"invoices/{InvoiceId}", $"webhook-endpoints/{EndpointId}", $"exceptions/{ExceptionId}"];
        ApiAnswer[] answers = await Task.WhenAll(paths.Select(path => Key.GetAsync("/v1/" + path)));
        return string.Join('\n', answers.Select(answer => answer.Expect(HttpStatusCode.OK).Text));
    }

    public Task<ApiAnswer> CreateAsync(string network) => Key.PostAsync(
        "/v1/invoices", new { price = new { amount = "1", currency = "ETH" }, network, asset = "ETH" });
}

/// <summary>The real gateway with a live network and one for tests, whose nodes have no blocks.</summary>
public sealed class LivemodeWorld : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string[] Scopes = ["invoices:read", "invoices:write", "exceptions:write", "webhooks:manage"];

    private Azurite _azurite = null!;
    private BlocklessNode _liveNode = null!;
    private BlocklessNode _testNode = null!;
    private GatewayProcess _gateway = null!;
    private string _merchant = null!;

    internal Side Live { get; private set; } = null!;

    internal Side Test { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        (_liveNode, _testNode) = (await BlocklessNode.StartAsync(chainId: 1), await BlocklessNode.StartAsync());
        _gateway = await GatewayProcess.StartAsync(_azurite.ConnectionString, new Dictionary<string, string?>
        {
            ["CoinPay__Networks__anvil__Rpc"] = _testNode.Rpc.ToString(),
            ["CoinPay__Networks__ethereum__Rpc"] = _liveNode.Rpc.ToString(),
        });
        using Api @operator = new(_gateway.Address, GatewayProcess.OperatorKey);
        _merchant = (await @operator.PostAsync("/v1/merchants", new { name = "Both sides" })).Expect(HttpStatusCode.Created)["id"]!;
        await ReadNetworks.SaveAsync(new(new TableServiceClient(_azurite.ConnectionString)), "anvil", "ethereum");
        (Live, Test) = (await MakeAsync(@operator, live: true, "ethereum"), await MakeAsync(@operator, live: false, "anvil"));
    }

    public async ValueTask DisposeAsync()
    {
        Live.Key.Dispose();
        Test.Key.Dispose();
        await _gateway.DisposeAsync();
        await _liveNode.DisposeAsync();
        await _testNode.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    private async Task<Side> MakeAsync(Api @operator, bool live, string network)
    {
        (await @operator.PutAsync(
            $"/v1/merchants/{_merchant}/wallets/{network}", new { kind = "forwarder", settlement_address = TestWorld.SettlementAddress }))
            .Expect(HttpStatusCode.OK);
        Api key = new(_gateway.Address, (await @operator.PostAsync(
            $"/v1/merchants/{_merchant}/api-keys", new { scopes = Scopes, livemode = live })).Expect(HttpStatusCode.Created)["api_key"]);
        Side side = new(key, "", "", "", "");
        string invoice = (await side.CreateAsync(network)).Expect(HttpStatusCode.Created)["id"]!;
        string url = live ? "https://live.example/" : "https://test.example/";
        // Only pings: what other tests of this world create would change the endpoint's health meanwhile.
        string endpoint = (await key.PostAsync("/v1/webhook-endpoints", new { url, events = (string[])["ping"] }))
            .Expect(HttpStatusCode.Created)["id"]!;
        return side with
        {
            InvoiceId = invoice,
            EndpointId = endpoint,
            EventId = await EventAsync(key, invoice),
            ExceptionId = await OpenExceptionAsync(invoice),
        };
    }

    private static async Task<string> EventAsync(Api key, string invoiceId)
    {
        for (DateTime until = DateTime.UtcNow + Patience; DateTime.UtcNow < until; await Task.Delay(200))
            if ((await key.GetAsync("/v1/events?invoice_id=" + invoiceId)).Json["data"]!.AsArray() is [{ } first, ..])
                return first["id"]!.GetValue<string>();
        throw new TimeoutException($"no event of {invoiceId} within {Patience}");
    }

    private async Task<string> OpenExceptionAsync(string invoiceId)
    {
        Tables tables = new(new TableServiceClient(_azurite.ConnectionString));
        Networks none = new([]);
        Invoice state = (await new InvoiceStore(tables, none).FindAsync(_merchant, invoiceId, default))!.State;
        InvoiceException open = new()
        {
            Number = 2,
            Type = ExceptionType.Late,
            AssetId = state.Terms.Due.Asset.Id,
            Amount = BigInteger.One,
            OpenedAt = DateTimeOffset.UtcNow,
        };
        await new ExceptionStore(tables, none).WriteAsync(state with { Exceptions = [open] }, default);
        return ExceptionDocument.IdOf(invoiceId, open);
    }
}
