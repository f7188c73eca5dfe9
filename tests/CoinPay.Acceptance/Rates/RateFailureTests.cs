using System.Net;
using System.Text.Json.Nodes;
using Azure.Data.Tables;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Nodes;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Rates;

/// <summary>The gateway's own process with markets that answer for euros and are away for pounds.</summary>
public sealed class RateFailureTests
{
    [Fact]
    public async Task Without_a_rate_a_price_in_a_currency_is_refused_to_be_tried_again_and_one_in_the_asset_is_taken()
    {
        await using MarketServer markets = await MarketServer.StartAsync();
        markets.SayPrices("0.92", "0.92", "0.99", DateTimeOffset.UtcNow);
        await using Azurite azurite = await Azurite.StartAsync();
        await using BlocklessNode node = await BlocklessNode.StartAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(azurite.ConnectionString, Settings(markets, node));
        using Api merchant = await MerchantAsync(gateway);
        await ReadNetworks.SaveAsync(new(new TableServiceClient(azurite.ConnectionString)), "anvil");

        ApiAnswer priced = (await CreateAsync(merchant, "EUR")).Expect(HttpStatusCode.Created);
        Assert.Equal(("10.869566", "kraken+coinbase"), (priced["payment.amount"], priced["rate.source"]));
        JsonNode stored = (await merchant.GetAsync("/v1/invoices/" + priced["id"])).Expect(HttpStatusCode.OK).Json["rate"]!;
        Assert.Equal(priced.Json["rate"]!.ToJsonString(), stored.ToJsonString());
        Assert.Equal(
            ["kraken 0.92 ", "coinbase 0.92 ", "coingecko 0.99 strays"],
            stored["answers"]!.AsArray().Select(answer => $"{answer!["source"]} {answer["price"]} {answer["left_out"]}"));

        foreach (string market in markets.Markets.Keys)
            markets.Say(market, "<html>down for maintenance</html>", 503);
        ApiAnswer refused = (await CreateAsync(merchant, "GBP")).ExpectProblem(HttpStatusCode.ServiceUnavailable, "rate_unavailable");
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        (await CreateAsync(merchant, "USDT")).Expect(HttpStatusCode.Created);
    }

    private static Dictionary<string, string?> Settings(MarketServer markets, BlocklessNode node)
    {
        Dictionary<string, string?> settings = markets.Settings.ToDictionary(
            setting => setting.Name.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value, StringComparer.Ordinal);
        settings["CoinPay__Networks__anvil__Rpc"] = node.Rpc.ToString();
        return settings;
    }

    private static async Task<Api> MerchantAsync(GatewayProcess gateway)
    {
        using Api operators = new(gateway.Address, GatewayProcess.OperatorKey);
        ApiAnswer made = (await operators.PostAsync("/v1/merchants", new { name = "A shop" })).Expect(HttpStatusCode.Created);
        (await operators.PutAsync(
            $"/v1/merchants/{made["id"]}/wallets/anvil", new { kind = "forwarder", settlement_address = Anvil.Accounts[1] }))
            .Expect(HttpStatusCode.OK);
        return new(gateway.Address, made["api_key"]);
    }

    private static Task<ApiAnswer> CreateAsync(Api merchant, string currency) => merchant.PostAsync(
        "/v1/invoices", new { price = new { amount = "10", currency }, network = "anvil", asset = "USDT" });
}
