using System.Net;
using Azure.Data.Tables;
using CoinPay.Acceptance.World;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Checkout;

/// <summary>
/// The real gateway with nodes that are nowhere, so that nothing but the test changes an invoice: events are committed to
/// its storage as the gateway itself would.
/// </summary>
public sealed class CheckoutWorld : IAsyncLifetime
{
    public const string Shop = "Müller & <Söhne>";
    public const string ReturnUrl = "https://shop.example/thanks?order=1&x=%22%3E";
    private const int Required = 3;

    private static readonly Asset Usdt = new("eip155:31337/erc20:0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b", "USDT", 6);
    private static readonly Asset Btc = new("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", "BTC", 8);

    private Azurite _azurite = null!;
    private BlocklessNode _node = null!;
    private Tables _tables = null!;
    private string _merchant = null!;

    internal GatewayProcess Gateway { get; private set; } = null!;

    internal Api Public { get; private set; } = null!;

    internal Api Merchant { get; private set; } = null!;

    internal string MerchantKey { get; private set; } = null!;

    internal Chromium? Browser { get; private set; }

    /// <summary>Where screenshots go: look at them after changing the page.</summary>
    internal string Screenshots { get; } = Directory.CreateTempSubdirectory("coinpay-pages-").FullName;

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync();
        _node = await BlocklessNode.StartAsync();
        Gateway = await GatewayProcess.StartAsync(_azurite.ConnectionString, new Dictionary<string, string?>
        {
            ["CoinPay__Networks__anvil__Rpc"] = _node.Rpc.ToString(),
            ["CoinPay__Networks__bitcoin_regtest__Rpc"] = _node.Rpc.ToString(),
            ["CoinPay__PublicUrl"] = "http://pay.example:8080/gateway/",
        });
        (Public, _tables) = (new(Gateway.Address, null), new(new TableServiceClient(_azurite.ConnectionString)));
        Browser = Chromium.Program is null ? null : Chromium.Start();
        await AddMerchantAsync();
        await ReadNetworks.SaveAsync(_tables, "anvil", "bitcoin-regtest");
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        Public.Dispose();
        Merchant.Dispose();
        await Gateway.DisposeAsync();
        await _node.DisposeAsync();
        await _azurite.DisposeAsync();
    }

    /// <summary>An invoice over 53.95188 USDT, or 0.0125 BTC, that these events have happened to.</summary>
    internal async Task<StagedInvoice> StageAsync(Func<Stage, IEnumerable<InvoiceEvent>> events, bool bitcoin = false, double minutes = 30)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        InvoiceTerms terms = TermsOf(Id.New("inv", now), now, bitcoin, minutes);
        Stage stage = new(terms, now);
        StagedInvoice staged = new(this, stage, null);
        await new CheckoutLinks(_tables, Settings()).AddAsync(terms.Id, terms.MerchantId, CancellationToken.None);
        return await staged.ThenAsync([new InvoiceCreated(terms, now), .. events(stage)]);
    }

    internal Task<Stored<Invoice>> CommitAsync(Stored<Invoice>? before, params InvoiceEvent[] events) =>
        new InvoiceStore(_tables, new([Edge.Anvil, Edge.Regtest])).CommitAsync(before, events, null, null, CancellationToken.None);

    private InvoiceTerms TermsOf(string id, DateTimeOffset now, bool bitcoin, double minutes)
    {
        InvoiceTerms any = Stage.TermsOf(new(_merchant, id, bitcoin ? "bitcoin-regtest" : "anvil"));
        return any with
        {
            OrderId = "secret-order",
            CustomerReference = "secret-reference",
            Metadata = new Dictionary<string, string> { ["secret-key"] = "secret-value" },
            Quote = bitcoin
                ? new(new("0.0125", "BTC"), null, new Amount(Btc, 1_250_000))
                : new(new("49.90", "EUR"), new("1.0812", "EUR/USDT", "test", now), new Amount(Usdt, 53_951_880)),
            Address = bitcoin ? "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080" : "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
            Confirmation = new(RequiredDepth.OfBlocks(Required), "secret-tier", "secret-reason"),
            Over = AmountPolicy.Accept,
            ReturnUrl = ReturnUrl,
            SettlementDestination = "secret-destination",
            ExpiresAt = now.AddMinutes(minutes),
        };
    }

    private async Task AddMerchantAsync()
    {
        using Api @operator = new(Gateway.Address, GatewayProcess.OperatorKey);
        ApiAnswer merchant = (await @operator.PostAsync("/v1/merchants", new { name = Shop })).Expect(HttpStatusCode.Created);
        (_merchant, MerchantKey) = (merchant["id"]!, merchant["api_key"]!);
        Merchant = new(Gateway.Address, MerchantKey);
        (await @operator.PutAsync(
            $"/v1/merchants/{_merchant}/wallets/anvil", new { kind = "forwarder", settlement_address = TestWorld.SettlementAddress }))
            .Expect(HttpStatusCode.OK);
    }

    private static GatewaySettings Settings() => new() { IsDevelopment = true, WalletDelay = TimeSpan.Zero };
}

/// <summary>An invoice on the stage.</summary>
internal sealed record StagedInvoice(CheckoutWorld World, Stage Stage, Stored<Invoice>? Stored)
{
    public string Path => "/pay/" + Stage.Terms.Id;

    public Uri Url => new(World.Gateway.Address, Path);

    public async Task<StagedInvoice> ThenAsync(params InvoiceEvent[] events) =>
        this with { Stored = await World.CommitAsync(Stored, events) };
}
