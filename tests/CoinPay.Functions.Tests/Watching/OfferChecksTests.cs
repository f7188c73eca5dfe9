using System.Net;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Tests.Platform.Telemetry;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Gateway;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CoinPay.Functions.Tests.Watching;

/// <summary>Which assets get invoices, by what their chains say about the settings.</summary>
public sealed class OfferChecksTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    private const string Difference = "USDT on anvil has 6 decimals in networks.json, but its contract says 18.";

    [Fact]
    public async Task An_asset_whose_decimals_differ_gets_no_invoice_and_the_networks_say_why()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(asset => asset.Contract is null ? null : Difference);
        (_, string key) = await gateway.MerchantAsync();
        using Api merchant = new(gateway.Address, key);
        ApiAnswer refused = (await CreateAsync(merchant, "USDT")).ExpectProblem(HttpStatusCode.ServiceUnavailable, "asset_unavailable");
        Assert.Equal(Difference, refused["detail"]);
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        (await CreateAsync(merchant, "ETH")).Expect(HttpStatusCode.Created);

        ApiAnswer networks = (await merchant.GetAsync("/v1/networks")).Expect(HttpStatusCode.OK);
        var assets = networks.Json["data"]![0]!["assets"]!.AsArray();
        Assert.Equal(("offered", null), (assets[0]!["status"]!.ToString(), assets[0]!["difference"]));
        Assert.Equal(("refused", Difference), (assets[1]!["status"]!.ToString(), assets[1]!["difference"]!.ToString()));
    }

    [Fact]
    public async Task An_asset_that_no_node_has_confirmed_gets_no_invoice()
    {
        await using Edge edge = await StartAsync("never");
        NodeOf(edge).IsSilent = true;
        Assert.Equal("network_unavailable", await RefusalAsync(edge));
        NodeOf(edge).IsSilent = false;
        Assert.Equal("network_unavailable", await RefusalAsync(edge));
        Assert.Equal(1, NodeOf(edge).Comparisons);
        edge.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await RefusalAsync(edge));
    }

    [Fact]
    public async Task What_was_confirmed_is_offered_after_a_restart_while_the_node_is_silent()
    {
        await using Edge before = await StartAsync("restarted");
        await CheckAsync(before);
        await using Edge after = await StartAsync("restarted");
        NodeOf(after).IsSilent = true;
        await CheckAsync(after);
        Assert.Null(await RefusalAsync(after));
    }

    [Fact]
    public async Task A_difference_outlives_a_restart_and_a_silent_node_until_the_chain_agrees()
    {
        await using Edge before = await StartAsync("different");
        NodeOf(before).Difference = _ => Difference;
        await CheckAsync(before);
        Assert.Equal("asset_unavailable", await RefusalAsync(before));
        await using Edge after = await StartAsync("different");
        NodeOf(after).IsSilent = true;
        Assert.Equal("asset_unavailable", await RefusalAsync(after));
        NodeOf(after).IsSilent = false;
        after.Clock.Advance(TimeSpan.FromMinutes(1));
        await CheckAsync(after);
        Assert.Null(await RefusalAsync(after));
    }

    [Fact]
    public async Task Changed_settings_have_to_be_confirmed_again()
    {
        await using Edge before = await StartAsync("changed");
        await CheckAsync(before);
        await using Edge after = await StartAsync("changed", decimals: 17);
        NodeOf(after).IsSilent = true;
        Assert.Equal("network_unavailable", await RefusalAsync(after));
    }

    [Fact]
    public async Task Settings_are_compared_at_start_and_hourly_and_a_later_difference_refuses_the_asset()
    {
        await using Edge edge = await StartAsync("hourly");
        await CheckAsync(edge);
        edge.Clock.Advance(TimeSpan.FromMinutes(59));
        await CheckAsync(edge);
        Assert.Equal(1, NodeOf(edge).Comparisons);
        NodeOf(edge).Difference = _ => Difference;
        edge.Clock.Advance(TimeSpan.FromMinutes(1));
        await CheckAsync(edge);
        Assert.Equal(2, NodeOf(edge).Comparisons);
        Assert.Equal("asset_unavailable", await RefusalAsync(edge));
    }

    [Fact]
    public async Task Each_check_that_refuses_an_asset_is_counted()
    {
        using Measurements measured = new();
        await using Edge edge = await StartAsync("counted");
        await CheckAsync(edge);
        Assert.Empty(measured.Of("coinpay.asset.refused"));
        NodeOf(edge).Difference = _ => Difference;
        for (int checks = 0; checks < 2; checks++)
        {
            edge.Clock.Advance(TimeSpan.FromHours(1));
            await CheckAsync(edge);
        }
        Assert.Equal(
            ["coinpay.asset.refused{network=counted,asset=ETH} 1 {check}", "coinpay.asset.refused{network=counted,asset=ETH} 1 {check}"],
            measured.Of("coinpay.asset.refused"));
    }

    [Fact]
    public async Task Settings_are_compared_before_a_network_is_first_polled()
    {
        ModelChain chain = new("polled");
        chain.MineEmpty(1);
        await using Edge edge = await Edge.StartAsync(storage, change: services => services
            .AddSingleton(new Networks([chain.Network])).AddSingleton(new ChainDirectory([chain]))
            .AddSingleton<ViewStore>().AddSingleton<Pollers>().AddSingleton<IInvoiceWaker, InvoiceWaker>());
        await edge.Function<PollChain>().Run(new TimerInfo(), null!, CancellationToken.None);
        OfferCheck check = await edge.Get<OfferChecks>().FindAsync(chain.Network, chain.Network.Assets[0], CancellationToken.None);
        Assert.Equal(OfferStatus.Offered, check.Status);
    }

    private Task<Edge> StartAsync(string network, int decimals = 18)
    {
        Network named = Edge.Anvil with
        {
            Name = network,
            Assets = [new() { Asset = new Asset(Edge.Anvil.Id + "/slip44:60", "ETH", decimals) }],
        };
        return Edge.StartAsync(storage, change: services => services.AddSingleton(new Networks([named])));
    }

    private static Network NetworkOf(Edge edge) => edge.Get<Networks>().All[0];

    private static QuietNode NodeOf(Edge edge) => (QuietNode)edge.Get<ChainDirectory>().Of(NetworkOf(edge).Name);

    private static Task CheckAsync(Edge edge) => edge.Get<OfferChecks>().CheckIfDueAsync(NetworkOf(edge), CancellationToken.None);

    /// <summary>The code of the problem that an invoice in the asset ends with now; null if it is created.</summary>
    private static async Task<string?> RefusalAsync(Edge edge)
    {
        try
        {
            await edge.Get<OfferChecks>().RequireOfferedAsync(NetworkOf(edge), NetworkOf(edge).Assets[0], CancellationToken.None);
            return null;
        }
        catch (ProblemException refused)
        {
            return refused.Problem.Code;
        }
    }

    private static Task<ApiAnswer> CreateAsync(Api merchant, string asset) => merchant.PostAsync(
        "/v1/invoices", new { price = new { amount = "10", currency = asset }, network = "anvil", asset });
}
