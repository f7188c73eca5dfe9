using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Start;

/// <summary>The gateway's own process outside of development.</summary>
public sealed class ProductionStartTests(AzuriteStorage storage) : IClassFixture<AzuriteStorage>
{
    [Theory]
    [InlineData("CoinPay__Networks__bitcoin_regtest__Rpc", "http://127.0.0.1:1", "remove CoinPay__Networks__bitcoin_regtest__Rpc")]
    [InlineData("CoinPay__Networks__anvil__Rpc", "http://127.0.0.1:1", "remove CoinPay__Networks__anvil__Rpc")]
    [InlineData("CoinPay__Rates__EUR__USDT", "1.08", "remove it and set CoinPay__Rates__Source=public")]
    [InlineData("CoinPay__Rates__Source", "fixed", "remove it and set CoinPay__Rates__Source=public")]
    [InlineData("CoinPay__Webhooks__AllowLoopback", "true", "remove it or set it to false")]
    public async Task What_is_for_development_stops_the_start_and_the_message_says_what_to_set(
        string name, string value, string remedy)
    {
        InvalidOperationException ended = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync((name, value)));
        Assert.Contains("AZURE_FUNCTIONS_ENVIRONMENT=Development only", ended.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_test_network_is_offered_in_production()
    {
        await using GatewayProcess gateway = await StartAsync(("CoinPay__Networks__bitcoin_signet__Rpc", "http://127.0.0.1:1"));
        using Api operators = new(gateway.Address, GatewayProcess.OperatorKey);
        ApiAnswer made = await operators.PostAsync("/v1/merchants", new { name = "A shop" });
        using Api merchant = new(gateway.Address, made["api_key"]);
        Assert.Equal(
            ["bitcoin-signet"],
            (await merchant.GetAsync("/v1/networks")).Json["data"]!.AsArray().Select(network => network!["name"]!.ToString()));
    }

    private async Task<GatewayProcess> StartAsync(params (string Name, string? Value)[] settings)
    {
        Dictionary<string, string?> all = new(StringComparer.Ordinal)
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production",
            ["CoinPay__Rates__EUR__USDT"] = null,
            ["CoinPay__Webhooks__AllowLoopback"] = null,
        };
        foreach ((string name, string? value) in settings)
            all[name] = value;
        return await GatewayProcess.StartAsync(storage.ConnectionString, all);
    }
}
