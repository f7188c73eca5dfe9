using System.Net.Http.Json;
using System.Text.Json;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;

namespace CoinPay.Benchmarks;

/// <summary>
/// The gateway as a process with a real anvil, one merchant, and one endpoint.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    /// <summary>Confirmations that networks.json asks for on anvil.</summary>
    public const int Confirmations = 3;

    private const long PriceBase = 49_900_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Anvil _anvil;
    private readonly TestToken _token;
    private readonly GatewayProcess _gateway;
    private readonly WebhookReceiver _receiver;
    private readonly HttpClient _merchant;

    private Shop(Anvil anvil, TestToken token, GatewayProcess gateway, WebhookReceiver receiver, HttpClient merchant)
    {
        _anvil = anvil;
        _token = token;
        _gateway = gateway;
        _receiver = receiver;
        _merchant = merchant;
    }

    /// <param name="storage">The account's connection string.</param>
    /// <param name="events">What the endpoint is subscribed to; <c>invoice.paid</c> if nothing is said.</param>
    /// <param name="settings">Settings of the gateway that are to be others.</param>
    public static async Task<Shop> StartAsync(
        string storage, string[]? events = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        Anvil anvil = await Anvil.StartAsync();
        JsonElement addresses = Artifact("addresses.json");
        foreach (string contract in (string[])["ForwarderFactory.json", "TestToken.json"])
            await anvil.SendTransactionAsync(
                Text(addresses, "deployment_proxy"),
                0,
                Text(addresses, "salt") + Text(Artifact(contract), "bytecode")[2..]);
        WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        Dictionary<string, string?> all = new(StringComparer.Ordinal)
        {
            ["CoinPay__Networks__anvil__Rpc"] = anvil.Rpc.ToString(),
            ["CoinPay__Networks__anvil__PollInterval"] = "00:00:01",
            ["CoinPay__Limits__RequestsPerKey"] = "0",
            ["CoinPay__Limits__RequestsPerAddress"] = "0",
        };
        foreach ((string name, string? value) in settings ?? new Dictionary<string, string?>())
            all[name] = value;
        GatewayProcess gateway = await GatewayProcess.StartAsync(storage, all);
        HttpClient merchant = await OpenAsync(gateway.Address, receiver.Address, events ?? ["invoice.paid"]);
        return new(anvil, new(anvil, Text(addresses, "test_token")), gateway, receiver, merchant);
    }

    /// <summary>An invoice of 49.90 USDT under an Idempotency-Key, as a careful shop makes it.</summary>
    public async Task<(string Id, string Address)> CreateAsync()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/invoices");
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Content = JsonContent.Create(new
        {
            order_id = "A-1001",
            price = new { amount = "49.90", currency = "USDT" },
            network = "anvil",
            asset = "USDT",
        });
        using HttpResponseMessage response = await _merchant.SendAsync(request);
        JsonElement invoice = await AnswerAsync(response);
        return (Text(invoice, "id"), Text(invoice.GetProperty("payment"), "address"));
    }

    /// <summary>All in one block.</summary>
    public async Task PayAsync(IReadOnlyCollection<string> addresses)
    {
        await _anvil.SendAsync("evm_setAutomine", false);
        Task<string>[] payments = [.. addresses.Select(address => _token.MintAsync(address, PriceBase))];
        string all = $"0x{addresses.Count:x}";
        while ((await _anvil.SendAsync("txpool_status")).GetProperty("pending").GetString() != all)
            await Task.Delay(20);
        await _anvil.SendAsync("evm_setAutomine", true);
        await MineAsync();
        await Task.WhenAll(payments);
    }

    public Task MineAsync() => _anvil.MineAsync();

    public bool HasWebhook(string invoiceId) => _receiver.Of(invoiceId).Any();

    /// <summary>Waits for what is to come; on a timeout it throws with what the gateway printed last.</summary>
    public async Task WaitAsync(Func<bool> isThere, string what)
    {
        for (DateTime until = DateTime.UtcNow + Patience; !isThere(); await Task.Delay(100))
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"waited {Patience} for {what}\n{await _gateway.ExplainAsync(what)}");
    }

    public async ValueTask DisposeAsync()
    {
        _merchant.Dispose();
        await _gateway.DisposeAsync();
        await _receiver.DisposeAsync();
        await _anvil.DisposeAsync();
    }

    /// <summary>Gives a client with the key of a merchant that has a wallet and an endpoint.</summary>
    private static async Task<HttpClient> OpenAsync(Uri gateway, Uri endpoint, string[] events)
    {
        using HttpClient operators = Client(gateway, GatewayProcess.OperatorKey);
        JsonElement merchant =
            await AnswerAsync(await operators.PostAsJsonAsync("/v1/merchants", new { name = "Bench" }));
        await AnswerAsync(await operators.PutAsJsonAsync(
            $"/v1/merchants/{Text(merchant, "id")}/wallets/anvil",
            new { kind = "forwarder", settlement_address = Anvil.Accounts[1] }));
        HttpClient client = Client(gateway, Text(merchant, "api_key"));
        await AnswerAsync(await client.PostAsJsonAsync("/v1/webhook-endpoints",
            new { url = endpoint, events }));
        using Api shop = new(gateway, Text(merchant, "api_key"));
        await shop.WaitForNetworksAsync("anvil");
        return client;
    }

    private static HttpClient Client(Uri gateway, string key) => new()
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders = { Authorization = new("Bearer", key) },
    };

    private static async Task<JsonElement> AnswerAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonElement.Parse(text)
            : throw new InvalidOperationException($"{(int)response.StatusCode}: {text}");
    }

    private static JsonElement Artifact(string name) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/contracts/artifacts", name)));

    private static string Text(JsonElement json, string field) => json.GetProperty(field).GetString()!;
}
