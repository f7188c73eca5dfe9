using System.Collections.Concurrent;
using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Rates;

/// <summary>
/// Rates from public markets: asks all markets at once, lets <see cref="MarketRate"/> decide which answers count, and caches the
/// result. A rate older than <see cref="RefreshAfter"/> is read again; while that fails, the last one is used until it is
/// <see cref="RateSettings.MaxAge"/> old, and never longer.
/// </summary>
internal sealed class MarketRates(
    RateSettings settings, MarketReader reader, TimeProvider clock, ILogger<MarketRates> log) : IRateSource
{
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait after a failure before asking the markets again, because they have rate limits.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Currency, string Symbol), Pair> _pairs = new();

    /// <summary>Those that enough of the configured markets list: requests for others would fail, and any caller could cause them.</summary>
    public IReadOnlyList<string> CurrenciesOf(string symbol) => [.. Currencies.Known.Where(currency => IsListed(currency, symbol))];

    public async ValueTask<Rate?> FindAsync(
        string currency, string symbol, DateTimeOffset now, CancellationToken cancellation)
    {
        if (!IsListed(currency, symbol))
            return null;
        Pair pair = _pairs.GetOrAdd((currency, symbol), static _ => new());
        Task<Agreed?> asking;
        lock (pair)
            asking = IsDue(pair) ? pair.Asking = ReadMarketsAsync(pair, currency, symbol) : pair.Asking;
        // If this caller cancels, the request continues for the others.
        await asking.WaitAsync(cancellation);
        return pair.Last is { } last && IsFresh(last.SaidAt)
            ? MarketRate.Of(last.Price, last.Answers, currency, symbol, now)
            : null;
    }

    private bool IsListed(string currency, string symbol) =>
        Currencies.Known.Contains(currency, StringComparer.Ordinal)
        && settings.Markets.Count(one => one.Market.PathOf(symbol, currency) is not null)
            >= Math.Min(MarketRate.MinAgreeing, settings.Markets.Count);

    private bool IsFresh(DateTimeOffset saidAt) => clock.GetUtcNow() - saidAt <= settings.MaxAge;

    private bool IsDue(Pair pair)
    {
        bool isKnown = pair.Last is { } last && IsFresh(last.SaidAt) && clock.GetUtcNow() - last.AskedAt < RefreshAfter;
        return !isKnown && pair.Asking.IsCompleted && clock.GetUtcNow() - pair.AskedAt >= AskAgainAfter;
    }

    private async Task<Agreed?> ReadMarketsAsync(Pair pair, string currency, string symbol)
    {
        DateTimeOffset askedAt = pair.AskedAt = clock.GetUtcNow();
        RateAnswer[] said = await Task.WhenAll(
            settings.Markets.Select(one => reader.ReadPriceAsync(one.Market, one.Address, symbol, currency)));
        (string? price, IReadOnlyList<RateAnswer> answers) = MarketRate.Agree(
            [.. said.Select(WithoutStale)], settings.MaxDeviationPercent);
        if (price is null)
        {
            log.LogWarning(
                "No rate for {Symbol} in {Currency}: {Answers}",
                symbol, currency, string.Join(", ", answers.Select(answer => $"{answer.Source} {answer.LeftOut ?? answer.Price}")));
            return null;
        }
        return pair.Last = new(price, answers, answers.Where(answer => answer.Used).Min(answer => answer.At), askedAt);
    }

    private RateAnswer WithoutStale(RateAnswer answer) =>
        answer.LeftOut is null && !IsFresh(answer.At) ? answer with { LeftOut = MarketRate.Stale } : answer;

    /// <summary>The price that the markets agreed on.</summary>
    private sealed record Agreed(
        string Price, IReadOnlyList<RateAnswer> Answers, DateTimeOffset SaidAt, DateTimeOffset AskedAt);

    /// <summary>The cached state of a currency and an asset. Also serves as its own lock.</summary>
    private sealed class Pair
    {
        public volatile Agreed? Last;

        public Task<Agreed?> Asking { get; set; } = Task.FromResult<Agreed?>(null);

        public DateTimeOffset AskedAt { get; set; } = DateTimeOffset.MinValue;
    }
}
