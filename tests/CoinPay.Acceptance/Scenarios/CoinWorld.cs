using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>
/// A node of the Bitcoin family, Azurite and the gateway, all real, with one merchant whose account key belongs to a wallet
/// of the node other than the payer's.
/// </summary>
public abstract class CoinWorld : IAsyncLifetime
{
    /// <summary>Longer than anything here takes, so that a wait that ends tells of a fault and not of a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>So many coinbases are old enough that no reorg of a test makes them immature.</summary>
    private const int WarmUpBlocks = 30;

    private Azurite _azurite = null!;
    private WebhookReceiver _receiver = null!;
    private Api _merchant = null!;

    /// <summary>Why there is no such world on this machine, or null.</summary>
    internal virtual string? Missing => null;

    internal Bitcoind Node { get; private set; } = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    private protected abstract string Coin { get; }

    private protected abstract string Symbol { get; }

    private protected abstract Task<Bitcoind> StartNodeAsync();

    /// <summary>The account key of the node's <see cref="MerchantWallet"/>.</summary>
    private protected abstract Task<string> AccountKeyAsync();

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
            return;
        Task<Azurite> azurite = Azurite.StartAsync();
        Node = await StartNodeAsync();
        await Node.MineAsync(WarmUpBlocks);
        _azurite = await azurite;
        _receiver = await WebhookReceiver.StartAsync();
        string settings = $"CoinPay__Networks__{Coin}_regtest__";
        Gateway = await GatewayProcess.StartAsync(_azurite.ConnectionString, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [settings + "Rpc"] = Node.Rpc.ToString(),
            [settings + "User"] = Bitcoind.User,
            [settings + "Password"] = Bitcoind.Password,
            [settings + "PollInterval"] = "00:00:01",
        });
        await CreateMerchantAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Missing is not null)
            return;
        _merchant.Dispose();
        await Gateway.DisposeAsync();
        await _receiver.DisposeAsync();
        await Node.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    /// <summary>An invoice over an amount of the coin.</summary>
    internal async Task<CoinInvoice> InvoiceAsync(decimal amount = 0.5m)
    {
        ApiAnswer created = (await _merchant.PostAsync("/v1/invoices", new
        {
            price = new { amount = amount.ToString(System.Globalization.CultureInfo.InvariantCulture), currency = Symbol },
            network = Coin + "-regtest",
            asset = Symbol,
        })).Expect(HttpStatusCode.Created);
        return new(this, created["id"]!, created["payment.address"]!, amount);
    }

    internal async Task<ApiAnswer> ReadAsync(string id) => (await _merchant.GetAsync("/v1/invoices/" + id)).Expect(HttpStatusCode.OK);

    internal async Task<ApiAnswer> SearchAsync(string text) => (await _merchant.GetAsync("/v1/search?q=" + text)).Expect(HttpStatusCode.OK);

    internal int Told(string id, string type) =>
        _receiver.Of(id).Where(received => received.Type == type).Select(received => received.Id).Distinct().Count();

    internal async Task<T> WaitForAsync<T>(Func<Task<T>> read, Func<T, bool> isThere, string what)
    {
        DateTime until = DateTime.UtcNow + Patience;
        while (true)
        {
            T found = await read();
            if (isThere(found))
                return found;
            if (DateTime.UtcNow > until)
                throw new TimeoutException(
                    $"waited {Patience} for {what}; last: {(found as ApiAnswer)?.Text ?? found?.ToString()}\n{await Gateway.ExplainAsync(what)}");
            await Task.Delay(50);
        }
    }

    private async Task CreateMerchantAsync()
    {
        using Api operates = new(Gateway.Address, GatewayProcess.OperatorKey);
        ApiAnswer merchant = (await operates.PostAsync("/v1/merchants", new { name = "Coin Shop" })).Expect(HttpStatusCode.Created);
        _merchant = new Api(Gateway.Address, merchant["api_key"]);
        object wallet = new { kind = "xpub", xpub = await AccountKeyAsync() };
        (await operates.PutAsync($"/v1/merchants/{merchant["id"]}/wallets/{Coin}-regtest", wallet)).Expect(HttpStatusCode.OK);
        (await _merchant.PostAsync("/v1/webhook-endpoints", new { url = _receiver.Address.ToString() })).Expect(HttpStatusCode.Created);
        await _merchant.WaitForNetworksAsync(Coin + "-regtest");
    }
}

/// <summary>An invoice of such a world, as a scenario speaks of it.</summary>
internal sealed record CoinInvoice(CoinWorld World, string Id, string Address, decimal Amount)
{
    /// <summary>Waits until it has this status.</summary>
    public Task<ApiAnswer> IsAsync(string status) =>
        World.WaitForAsync(() => World.ReadAsync(Id), invoice => invoice["status"] == status, $"{Id} to be {status}");

    /// <summary>Waits until one of its transactions has this status; gives the transaction.</summary>
    public async Task<JsonNode> HasAsync(string transactionId, string status)
    {
        JsonNode? Find(ApiAnswer invoice) => invoice.Json["transactions"]!.AsArray().FirstOrDefault(transaction =>
            transaction!["tx_hash"]!.GetValue<string>() == transactionId && transaction["status"]!.GetValue<string>() == status);
        return Find(await World.WaitForAsync(
            () => World.ReadAsync(Id), invoice => Find(invoice) is not null, $"{transactionId} to be {status}"))!;
    }

    /// <summary>Waits until a search for a transaction finds the invoice, and is told this about it.</summary>
    public async Task IsFoundByAsync(string transactionId, string explanation)
    {
        ApiAnswer found = await World.WaitForAsync(
            () => World.SearchAsync(transactionId), answer => answer.Json["data"]!.AsArray().Count > 0, $"{transactionId} to be found");
        JsonNode result = found.Json["data"]!.AsArray().Single()!;
        Assert.Equal(Id, result["invoice"]!["id"]!.GetValue<string>());
        Assert.Contains(explanation, result["explanation"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>Waits until merchants were told so many times of an event, and says that it was not more.</summary>
    public async Task IsToldAsync(string type, int times = 1) => Assert.Equal(
        times,
        await World.WaitForAsync(() => Task.FromResult(World.Told(Id, type)), count => count >= times, $"{type} of {Id}"));
}

/// <summary>Bitcoin's: a bitcoind.</summary>
public sealed class BitcoinWorld : CoinWorld
{
    private protected override string Coin => "bitcoin";

    private protected override string Symbol => "BTC";

    private protected override Task<Bitcoind> StartNodeAsync() => Bitcoind.StartAsync();

    private protected override Task<string> AccountKeyAsync() => Node.AccountKeyAsync();
}

/// <summary>Litecoin's: a litecoind.</summary>
public sealed class LitecoinWorld : CoinWorld
{
    internal override string? Missing => Bitcoind.WhyNoLitecoind;

    private protected override string Coin => "litecoin";

    private protected override string Symbol => "LTC";

    private protected override Task<Bitcoind> StartNodeAsync() => Bitcoind.StartLitecoindAsync();

    private protected override Task<string> AccountKeyAsync() => Node.LegacyAccountKeyAsync();
}
