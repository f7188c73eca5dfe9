using CoinPay.Core;
using CoinPay.Functions.Rates;
using CoinPay.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static CoinPay.Testing.Servers.MarketServer;

namespace CoinPay.Functions.Tests.Rates;

/// <summary>What a market's answer is worth: a price of the pair that was asked for, or nothing.</summary>
public sealed class MarketReaderTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_763_900_000);
    private readonly FakeTimeProvider _clock = new(Now);
    private readonly MarketReader _reader;
    private MarketServer _server = null!;

    public MarketReaderTests() => _reader = new(_clock, NullLogger<MarketReader>.Instance);

    public async ValueTask InitializeAsync() => _server = await MarketServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("kraken", "BTC", "EUR", "XXBTZEUR", "93412.3", "/kraken/0/public/Ticker?pair=XBTEUR")]
    [InlineData("kraken", "LTC", "USD", "XLTCZUSD", "93.1", "/kraken/0/public/Ticker?pair=LTCUSD")]
    [InlineData("kraken", "USDT", "USD", "USDTZUSD", "1.0001", "/kraken/0/public/Ticker?pair=USDTUSD")]
    [InlineData("kraken", "POL", "EUR", "POLEUR", "0.1923", "/kraken/0/public/Ticker?pair=POLEUR")]
    [InlineData("coinbase", "ETH", "GBP", "ETH", "2412.455", "/coinbase/v2/prices/ETH-GBP/spot")]
    [InlineData("coingecko", "USDC", "CHF", "usd-coin", "0.8071234567891234", "/coingecko/api/v3/simple/price?ids=usd-coin")]
    public async Task A_price_is_read_exactly_as_it_is_written(
        string market, string symbol, string currency, string name, string price, string path)
    {
        _server.Say(market, market switch
        {
            "kraken" => KrakenTicker(name, price, price),
            "coinbase" => CoinbaseSpot(price, name, currency),
            _ => CoinGeckoPrice(name, "chf", price, Now.AddSeconds(-40)),
        });
        RateAnswer answer = await AskAsync(market, symbol, currency);
        Assert.Equal((market, price, null), (answer.Source, answer.Price, answer.LeftOut));
        Assert.Equal(market == "coingecko" ? Now.AddSeconds(-40) : Now, answer.At);
        Assert.StartsWith(path, _server.Asked.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kraken_is_believed_in_the_middle_between_ask_and_bid_and_no_time_lies_in_the_future()
    {
        _server.Say("kraken", KrakenTicker("USDTEUR", "0.93", "0.92"));
        Assert.Equal("0.925", (await AskAsync("kraken")).Price);
        _server.Say("coingecko", CoinGeckoPrice("tether", "eur", "0.925", Now.AddDays(1)));
        Assert.Equal(Now, (await AskAsync("coingecko")).At);
    }

    /// <summary>The documentation's own example of Coinbase's answer names no base.</summary>
    [Fact]
    public async Task Coinbase_may_leave_the_base_unsaid()
    {
        _server.Say("coinbase", """{"data":{"amount":"0.92","currency":"EUR"}}""");
        Assert.Equal("0.92", (await AskAsync("coinbase")).Price);
    }

    [Theory]
    [InlineData("kraken", """{"error":["EQuery:Unknown asset pair"]}""")]
    [InlineData("kraken", """{"error":["EGeneral:Too many requests"],"result":{"USDTEUR":{"a":["0.9"],"b":["0.9"]}}}""")]
    [InlineData("kraken", """{"error":[],"result":{"USDTUSD":{"a":["0.9"],"b":["0.9"]}}}""")]
    [InlineData("kraken", """{"error":[],"result":{"USDTEUR":{"a":["0.9"],"b":["0.9"]},"XXBTZEUR":{"a":["1"],"b":["1"]}}}""")]
    [InlineData("kraken", """{"error":[],"result":{}}""")]
    [InlineData("kraken", """{"error":[],"result":{"USDTEUR":{"a":["0.00000"],"b":["0.9"]}}}""")]
    [InlineData("kraken", """{"error":[],"result":{"USDTEUR":{"a":["0.9"],"b":["0.0"]}}}""")]
    [InlineData("kraken", """{"error":[],"result":{"USDTEUR":{"a":[],"b":[]}}}""")]
    [InlineData("coinbase", """{"data":{"amount":"0","base":"USDT","currency":"EUR"}}""")]
    [InlineData("coinbase", """{"data":{"amount":"-0.92","base":"USDT","currency":"EUR"}}""")]
    [InlineData("coinbase", """{"data":{"amount":"NaN","base":"USDT","currency":"EUR"}}""")]
    [InlineData("coinbase", """{"data":{"amount":"9.2e-1","base":"USDT","currency":"EUR"}}""")]
    [InlineData("coinbase", """{"data":{"amount":"0,92","base":"USDT","currency":"EUR"}}""")]
    [InlineData("coinbase", """{"data":{"amount":"0.92","base":"USDT","currency":"USD"}}""")]
    [InlineData("coinbase", """{"data":{"amount":"0.92","base":"BTC","currency":"EUR"}}""")]
    [InlineData("coinbase", """{"errors":[{"id":"not_found","message":"Invalid base currency"}]}""")]
    [InlineData("coinbase", """{"data":{"amount":"11111111111111111111111111111111111111111","base":"USDT","currency":"EUR"}}""")]
    [InlineData("coingecko", """{"tether":{"eur":0,"last_updated_at":1763899990}}""")]
    [InlineData("coingecko", """{"tether":{"eur":-0.92,"last_updated_at":1763899990}}""")]
    [InlineData("coingecko", """{"tether":{"eur":null,"last_updated_at":1763899990}}""")]
    [InlineData("coingecko", """{"tether":{"eur":9.2e-1,"last_updated_at":1763899990}}""")]
    [InlineData("coingecko", """{"tether":{"usd":0.92,"last_updated_at":1763899990}}""")]
    [InlineData("coingecko", """{"tether":{"eur":0.92}}""")]
    [InlineData("coingecko", """{"tether":{"eur":0.92,"last_updated_at":99999999999999999}}""")]
    [InlineData("coingecko", """{"bitcoin":{"eur":0.92,"last_updated_at":1763899990}}""")]
    [InlineData("coingecko", """{"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit."}}""")]
    [InlineData("coingecko", """{"tether":{"eur":0.92,"last_up""")]
    [InlineData("coingecko", "{}")]
    [InlineData("coingecko", "[]")]
    [InlineData("kraken", "null")]
    [InlineData("coinbase", "")]
    [InlineData("coinbase", "<!DOCTYPE html><html><body>Just a moment...</body></html>")]
    public async Task What_is_no_price_of_the_pair_is_unusable(string market, string body)
    {
        _server.Say(market, body);
        RateAnswer answer = await AskAsync(market);
        Assert.Equal((null, MarketRate.Unusable), (answer.Price, answer.LeftOut));
    }

    [Theory]
    [InlineData(StatusCodes.Status429TooManyRequests)]
    [InlineData(StatusCodes.Status500InternalServerError)]
    [InlineData(StatusCodes.Status204NoContent)]
    [InlineData(StatusCodes.Status302Found)]
    public async Task Another_status_than_200_is_no_answer_whatever_the_body_says(int status)
    {
        _server.Markets["coinbase"] = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/coinbase/elsewhere";
            return status == StatusCodes.Status204NoContent
                ? Task.CompletedTask
                : context.Response.WriteAsync(CoinbaseSpot("0.92", "USDT", "EUR"));
        };
        Assert.Equal(MarketRate.NoAnswer, (await AskAsync("coinbase")).LeftOut);
        Assert.Single(_server.Asked);
    }

    [Fact]
    public async Task An_answer_that_is_too_large_is_given_up()
    {
        _server.Say("coinbase", CoinbaseSpot("0.92", "USDT", "EUR") + new string(' ', 70_000));
        Assert.Equal(MarketRate.NoAnswer, (await AskAsync("coinbase")).LeftOut);
    }

    [Fact]
    public async Task An_answer_that_ends_before_its_time_is_given_up()
    {
        _server.Markets["coinbase"] = async context =>
        {
            context.Response.ContentLength = 500;
            await context.Response.WriteAsync(CoinbaseSpot("0.92", "USDT", "EUR"));
            context.Abort();
        };
        Assert.Equal(MarketRate.NoAnswer, (await AskAsync("coinbase")).LeftOut);
    }

    [Fact]
    public async Task A_market_that_takes_too_long_is_given_up()
    {
        TaskCompletionSource isAsked = new();
        TaskCompletionSource hasLeft = new();
        _server.Markets["coinbase"] = async context =>
        {
            using CancellationTokenRegistration leaving = context.RequestAborted.Register(hasLeft.SetResult);
            isAsked.SetResult();
            await hasLeft.Task;
        };
        Task<RateAnswer> asking = AskAsync("coinbase");
        await isAsked.Task;
        Assert.False(asking.IsCompleted);
        _clock.Advance(MarketReader.TimeLimit);
        Assert.Equal(MarketRate.NoAnswer, (await asking).LeftOut);
        await hasLeft.Task;
    }

    [Fact]
    public async Task An_asset_that_CoinGecko_knows_by_no_id_is_not_asked_for()
    {
        Assert.Equal(MarketRate.NoAnswer, (await AskAsync("coingecko", "XYZ")).LeftOut);
        Assert.Empty(_server.Asked);
    }

    private Task<RateAnswer> AskAsync(string market, string symbol = "USDT", string currency = "EUR")
    {
        (IMarket one, Uri address) = RateSettings.From(_server.Configuration()).Markets.Single(m => m.Market.Name == market);
        return _reader.ReadPriceAsync(one, address, symbol, currency);
    }
}
