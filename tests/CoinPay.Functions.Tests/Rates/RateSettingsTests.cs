using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Functions.Rates;
using CoinPay.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CoinPay.Functions.Tests.Rates;

public sealed class RateSettingsTests
{
    private static readonly (string, string) Development = ("AZURE_FUNCTIONS_ENVIRONMENT", "Development");
    private static readonly (string, string) OneRate = ("CoinPay:Rates:EUR:USDT", "1.08");

    [Fact]
    public void Rates_come_from_markets_unless_a_development_machine_has_them_written_down()
    {
        Assert.False(From().IsFixed);
        Assert.False(From(Development).IsFixed);
        Assert.True(From(Development, OneRate).IsFixed);
        Assert.False(From(Development, OneRate, ("CoinPay:Rates:Source", "public")).IsFixed);
        Assert.True(From(Development, ("CoinPay:Rates:Source", "fixed")).IsFixed);
        Assert.Equal(["kraken", "coinbase", "coingecko"], From().Markets.Select(one => one.Market.Name));
        Assert.All(From().Markets, one => Assert.Equal(one.Market.Address, one.Address));
    }

    [Theory]
    [InlineData("CoinPay:Rates:Source", "market")]
    [InlineData("CoinPay:Rates:MaxAge", "00:00:09")]
    [InlineData("CoinPay:Rates:MaxAge", "01:00:01")]
    [InlineData("CoinPay:Rates:MaxDeviationPercent", "0")]
    [InlineData("CoinPay:Rates:MaxDeviationPercent", "20.1")]
    [InlineData("CoinPay:Rates:MaxDeviationPercent", "-1")]
    [InlineData("CoinPay:Rates:Markets", "kraken,mtgox")]
    [InlineData("CoinPay:Rates:kraken:Url", "http://rates.example/")]
    [InlineData("CoinPay:Rates:kraken:Url", "https://rates.example/0")]
    public void A_setting_that_makes_no_sense_stops_the_start_and_is_named(string name, string value)
    {
        SettingsException refused = Assert.Throws<SettingsException>(() => From((name, value)));
        Assert.Contains(name.Replace(":", "__", StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kraken,coinbase,coingecko", "SEK", true)]
    [InlineData("kraken,coingecko", "SEK", false)]
    [InlineData("kraken", "SEK", false)]
    [InlineData("kraken", "EUR", true)]
    [InlineData("coingecko", "SEK", true)]
    [InlineData("kraken,coinbase,coingecko", "XYZ", false)]
    public void A_currency_is_offered_if_enough_markets_list_it(string markets, string currency, bool isOffered)
    {
        using MarketReader reader = new(TimeProvider.System, NullLogger<MarketReader>.Instance);
        MarketRates rates = new(From(("CoinPay:Rates:Markets", markets)), reader, TimeProvider.System, NullLogger<MarketRates>.Instance);
        Assert.Equal(isOffered, rates.CurrenciesOf("USDT").Contains(currency));
    }

    [Fact]
    public void A_fixed_rate_that_is_not_a_number_stops_the_start_and_is_named()
    {
        SettingsException refused = Assert.Throws<SettingsException>(() => new FixedRates(
            new ConfigurationBuilder().AddInMemoryCollection([new("CoinPay:Rates:EUR:USDT", "1,08")]).Build()));
        Assert.Contains("CoinPay__Rates__EUR__USDT", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_asset_of_networks_json_can_be_asked_for_everywhere()
    {
        JsonElement networks = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src/CoinPay.Chains/networks.json"))).RootElement;
        string[] symbols = [.. networks.EnumerateArray()
            .SelectMany(network => network.GetProperty("assets").EnumerateArray())
            .Select(asset => asset.GetProperty("symbol").GetString()!).Distinct()];
        Assert.Contains("USDT", symbols);
        foreach ((IMarket market, _) in From().Markets)
            Assert.All(symbols, symbol => Assert.NotNull(market.PathOf(symbol, "EUR")));
    }

    private static RateSettings From(params (string Name, string Value)[] settings) => RateSettings.From(
        new ConfigurationBuilder().AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build());
}
