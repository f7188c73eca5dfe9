using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Rates;
using CoinPay.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Rates;

/// <summary>Three markets become one rate, which is remembered, and never too old.</summary>
public sealed class MarketRatesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_763_900_000));
    private readonly MarketReader _reader;
    private MarketServer _server = null!;
    private MarketRates _rates = null!;

    public MarketRatesTests() => _reader = new(_clock, NullLogger<MarketReader>.Instance);

    private DateTimeOffset Now => _clock.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _server = await MarketServer.StartAsync();
        _server.SayPrices("0.92", "0.921", "0.922", Now);
        _rates = Rates();
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_rate_is_the_inverse_of_the_median_and_keeps_what_each_market_answered()
    {
        Rate rate = (await FindAsync())!;
        Assert.Equal(("1.085776330076", "EUR/USDT", "kraken+coinbase+coingecko", Now), (rate.Value, rate.Pair, rate.Source, rate.LockedAt));
        Assert.Equal(
            [("kraken", "0.92", true), ("coinbase", "0.921", true), ("coingecko", "0.922", true)],
            rate.Answers.Select(answer => (answer.Source, answer.Price!, answer.Used)));
    }

    [Fact]
    public async Task A_market_that_strays_is_left_out_and_one_that_is_broken_too()
    {
        _server.SayPrices("0.92", "0.92", "1.92", Now);
        Assert.Equal(MarketRate.Strays, (await FindAsync())!.Answers[2].LeftOut);
        _rates = Rates();
        _server.Say("kraken", "<html>");
        _server.SayCoinGecko("0.921", Now);
        Rate rate = (await FindAsync())!;
        Assert.Equal("coinbase+coingecko", rate.Source);
        Assert.Equal(MarketRate.Unusable, rate.Answers[0].LeftOut);
    }

    [Fact]
    public async Task One_market_alone_is_not_believed_and_is_when_it_is_the_only_one_configured()
    {
        _server.Say("kraken", "", 500);
        _server.Say("coinbase", "", 500);
        Assert.Null(await FindAsync());
        _rates = Rates(("CoinPay:Rates:Markets", "coingecko"));
        Assert.Equal("coingecko", (await FindAsync())!.Source);
    }

    [Fact]
    public async Task A_price_that_its_market_calls_old_is_left_out()
    {
        _server.SayCoinGecko("0.92", Now.AddMinutes(-5).AddSeconds(-1));
        Assert.Equal(MarketRate.Stale, (await FindAsync())!.Answers[2].LeftOut);
    }

    [Fact]
    public async Task Markets_are_asked_once_for_many_and_again_when_the_rate_has_aged()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FindAsync()));
        Assert.Equal(3, _server.Asked.Count);
        _clock.Advance(MarketRates.RefreshAfter - TimeSpan.FromTicks(1));
        await FindAsync();
        Assert.Equal(3, _server.Asked.Count);
        _clock.Advance(TimeSpan.FromTicks(1));
        _server.SayPrices("0.95", "0.95", "0.95", Now);
        Assert.Equal("0.95", (await FindAsync())!.Answers[0].Price);
        Assert.Equal(6, _server.Asked.Count);
    }

    [Fact]
    public async Task While_markets_are_away_the_last_rate_serves_up_to_its_limit_and_not_longer()
    {
        Rate first = (await FindAsync())!;
        foreach (string market in new[] { "kraken", "coinbase", "coingecko" })
            _server.Say(market, "", 503);
        _clock.Advance(TimeSpan.FromMinutes(5));
        Rate last = (await FindAsync())!;
        Assert.Equal((first.Value, Now), (last.Value, last.LockedAt));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await FindAsync());
        _clock.Advance(MarketRates.AskAgainAfter);
        _server.SayPrices("0.95", "0.95", "0.95", Now);
        Assert.Equal("0.95", (await FindAsync())!.Answers[0].Price);
    }

    [Fact]
    public async Task Markets_that_failed_are_left_alone_for_a_moment()
    {
        _server.Say("kraken", "", 503);
        _server.Say("coinbase", "", 503);
        Assert.Null(await FindAsync());
        Assert.Null(await FindAsync());
        Assert.Equal(3, _server.Asked.Count);
        _clock.Advance(MarketRates.AskAgainAfter);
        Assert.Null(await FindAsync());
        Assert.Equal(6, _server.Asked.Count);
    }

    [Fact]
    public async Task A_rate_is_as_old_as_the_oldest_price_in_it()
    {
        _server.SayCoinGecko("0.92", Now.AddMinutes(-4));
        await FindAsync();
        foreach (string market in new[] { "kraken", "coinbase", "coingecko" })
            _server.Say(market, "", 503);
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.NotNull(await FindAsync());
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task Three_letters_that_are_no_currency_ask_nobody()
    {
        Assert.Null(await _rates.FindAsync("XYZ", "USDT", Now, default));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task A_rate_is_stored_with_its_answers_and_one_of_an_earlier_version_is_read_without()
    {
        Rate rate = (await FindAsync())!;
        Rate read = StoredJson.Read<Rate>(StoredJson.Write(rate));
        Assert.Equal(rate.Answers, read.Answers);
        Rate old = StoredJson.Read<Rate>(
            """{"value":"1.08","pair":"EUR/USDT","source":"fixed","lockedAt":"2026-11-20T10:00:00+00:00"}""");
        Assert.Equal(("1.08", 0), (old.Value, old.Answers.Count));
    }

    private async Task<Rate?> FindAsync() => await _rates.FindAsync("EUR", "USDT", Now, CancellationToken.None);

    private MarketRates Rates(params (string Name, string Value)[] settings) => new(
        RateSettings.From(_server.Configuration(settings)), _reader, _clock, NullLogger<MarketRates>.Instance);
}
