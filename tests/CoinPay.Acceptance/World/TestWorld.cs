using System.Net;
using System.Numerics;
using System.Text.Json;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.World;

/// <summary>
/// Azurite, anvil, bitcoind and the gateway, all real, with one merchant that has wallets on both networks and an endpoint.
/// </summary>
public class TestWorld : IAsyncLifetime
{
    /// <summary>Longer than anything here takes, so that a wait that ends tells of a fault and not of a busy machine.</summary>
    /// <remarks>After a kill the engine takes up what was under way after a minute, and timers after half a minute.</remarks>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    internal Azurite Azurite { get; private set; } = null!;

    internal Anvil Anvil { get; private set; } = null!;

    internal Bitcoind Bitcoind { get; private set; } = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    internal WebhookReceiver Receiver { get; private set; } = null!;

    internal Api Operator { get; private set; } = null!;

    internal Api Merchant { get; private set; } = null!;

    internal string MerchantId { get; private set; } = null!;

    internal string MerchantKey { get; private set; } = null!;

    internal string WebhookSecret { get; private set; } = null!;

    internal string WebhookEndpointId { get; private set; } = null!;

    /// <summary>The account key of bitcoind's <see cref="MerchantWallet"/>.</summary>
    internal string Tpub { get; private set; } = null!;

    /// <summary>An address of the merchant's own: anvil's second account.</summary>
    internal static string SettlementAddress => Anvil.Accounts[1];

    private static readonly JsonElement Addresses = ReadJson("addresses.json");

    internal static string Token => Addresses.GetProperty("test_token").GetString()!;

    public virtual async ValueTask InitializeAsync()
    {
        Task<Azurite> azurite = Azurite.StartAsync();
        Task<Anvil> anvil = Anvil.StartAsync();
        Task<Bitcoind> bitcoind = BitcoindAsync();
        (Azurite, Anvil, Bitcoind) = (await azurite, await anvil, await bitcoind);
        await DeployAsync("ForwarderFactory.json", Anvil);
        await DeployAsync("TestToken.json", Anvil);
        Receiver = await WebhookReceiver.StartAsync();
        Gateway = await GatewayProcess.StartAsync(await StorageAsync(), Networks(), HostArguments);
        Operator = new Api(Gateway.Address, GatewayProcess.OperatorKey);
        Tpub = await Bitcoind.AccountKeyAsync();
        try
        {
            await CreateMerchantAsync();
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException(Gateway.Log, failed);
        }
    }

    /// <summary>Options of the host.</summary>
    internal virtual string[] HostArguments => [];

    /// <summary>What the gateway gets as its storage account.</summary>
    internal virtual Task<string> StorageAsync() => Task.FromResult(Azurite.ConnectionString);

    internal virtual Task<Bitcoind> BitcoindAsync() => Bitcoind.StartAsync();

    internal virtual Dictionary<string, string?> Networks() => new(StringComparer.Ordinal)
    {
        ["CoinPay__Networks__anvil__Rpc"] = Anvil.Rpc.ToString(),
        ["CoinPay__GasWalletKey"] = Anvil.PublishedKeys[2],
        ["CoinPay__Networks__anvil__PollInterval"] = "00:00:01",
        ["CoinPay__Networks__bitcoin_regtest__Rpc"] = Bitcoind.Rpc.ToString(),
        ["CoinPay__Networks__bitcoin_regtest__User"] = Bitcoind.User,
        ["CoinPay__Networks__bitcoin_regtest__Password"] = Bitcoind.Password,
        ["CoinPay__Networks__bitcoin_regtest__PollInterval"] = "00:00:01",
    };

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Operator?.Dispose();
        Merchant?.Dispose();
        // From the last to the first that was started, as far as the start came.
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { Gateway, Receiver, Bitcoind, Anvil, Azurite })
            if (part is not null)
                await part.DisposeAsync();
    }

    /// <summary>The shop's calls go to this gateway from now on.</summary>
    internal void Ask(GatewayProcess gateway)
    {
        Merchant?.Dispose();
        Merchant = new Api(gateway.Address, MerchantKey);
    }

    internal Task<ApiAnswer> CreateUsdtInvoiceAsync(string amount = "49.90", string? idempotencyKey = null) => Merchant.PostAsync(
        "/v1/invoices",
        new { order_id = "A-1001", price = new { amount, currency = "USDT" }, network = "anvil", asset = "USDT" },
        idempotencyKey);

    internal Task<ApiAnswer> CreateBitcoinInvoiceAsync(string amount = "0.015", string? idempotencyKey = null) => Merchant.PostAsync(
        "/v1/invoices",
        new { order_id = "B-2002", price = new { amount, currency = "BTC" }, network = "bitcoin-regtest", asset = "BTC" },
        idempotencyKey);

    /// <summary>Mints test tokens to an address; gives the transaction's hash. It is mined at once.</summary>
    internal Task<string> PayTokenAsync(string address, BigInteger baseUnits) =>
        Anvil.SendTransactionAsync(Token, 0, "0x40c10f19" + Word(BigInteger.Parse("0" + address[2..], System.Globalization.NumberStyles.HexNumber)) + Word(baseUnits));

    /// <summary>An account's test tokens, in base units.</summary>
    internal async Task<BigInteger> TokenBalanceAsync(string address) => BigInteger.Parse(
        "0" + (await Anvil.SendAsync("eth_call", new { to = Token, data = "0x70a08231" + address[2..].PadLeft(64, '0') }, "latest"))
            .GetString()![2..],
        System.Globalization.NumberStyles.HexNumber);

    internal async Task<ApiAnswer> InvoiceAsync(string id) => (await Merchant.GetAsync("/v1/invoices/" + id)).Expect(HttpStatusCode.OK);

    /// <summary>Waits until the invoice has this status.</summary>
    internal Task<ApiAnswer> WaitForStatusAsync(string id, string status) =>
        WaitForInvoiceAsync(id, invoice => invoice["status"] == status, $"{id} to be {status}");

    /// <summary>Waits for an invoice, also while the host has no worker.</summary>
    internal Task<ApiAnswer> WaitForInvoiceAsync(string id, Func<ApiAnswer, bool> isThere, string what) => WaitForAsync(
        () => Merchant.GetAsync("/v1/invoices/" + id),
        answer => answer.Status != HttpStatusCode.ServiceUnavailable && isThere(answer.Expect(HttpStatusCode.OK)),
        what);

    /// <summary>Waits until the receiver has an event of this type for the invoice.</summary>
    internal async Task<Received> WaitForWebhookAsync(string invoiceId, string type, TimeSpan? patience = null) => (await WaitForAsync(
        () => Task.FromResult(Receiver.Of(invoiceId).FirstOrDefault(received => received.Type == type)),
        received => received is not null,
        $"{type} of {invoiceId}",
        patience))!;

    internal async Task<T> WaitForAsync<T>(Func<Task<T>> read, Func<T, bool> isThere, string what, TimeSpan? patience = null)
    {
        DateTime until = DateTime.UtcNow + (patience ?? Patience);
        while (true)
        {
            T found = await read();
            if (isThere(found))
                return found;
            if (DateTime.UtcNow > until)
                throw new TimeoutException(
                    $"waited {patience ?? Patience} for {what}; last: {(found as ApiAnswer)?.Text ?? found?.ToString()}\n{await Gateway.ExplainAsync(what)}");
            await Task.Delay(100);
        }
    }

    private async Task CreateMerchantAsync()
    {
        ApiAnswer merchant = (await Operator.PostAsync("/v1/merchants", new { name = "Test Shop" })).Expect(HttpStatusCode.Created);
        MerchantId = merchant["id"]!;
        (await Operator.PutAsync($"/v1/merchants/{MerchantId}/wallets/anvil", new { kind = "forwarder", settlement_address = SettlementAddress }))
            .Expect(HttpStatusCode.OK);
        (await Operator.PutAsync($"/v1/merchants/{MerchantId}/wallets/bitcoin-regtest", new { kind = "xpub", xpub = Tpub }))
            .Expect(HttpStatusCode.OK);
        MerchantKey = merchant["api_key"]!;
        Ask(Gateway);
        ApiAnswer endpoint = (await Merchant.PostAsync("/v1/webhook-endpoints", new { url = Receiver.Address.ToString() }))
            .Expect(HttpStatusCode.Created);
        (WebhookEndpointId, WebhookSecret) = (endpoint["id"]!, endpoint["secret"]!);
        await Merchant.WaitForNetworksAsync("anvil", "bitcoin-regtest");
    }

    /// <summary>Through the deployment proxy that anvil has from its first block, so that the addresses are those recorded.</summary>
    internal static Task<string> DeployAsync(string artifact, Anvil anvil) => anvil.SendTransactionAsync(
        Addresses.GetProperty("deployment_proxy").GetString(),
        0,
        Addresses.GetProperty("salt").GetString() + ReadJson(artifact).GetProperty("bytecode").GetString()![2..]);

    private static JsonElement ReadJson(string artifact) => JsonDocument.Parse(
        File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/contracts/artifacts", artifact))).RootElement;

    private static string Word(BigInteger value) => value.ToString("x64")[^64..];
}

/// <summary>One world for the classes that do no more than sell: a start of all its programs takes seconds.</summary>
[CollectionDefinition(nameof(TestWorld))]
public sealed class TestWorldCollection : ICollectionFixture<TestWorld>;
