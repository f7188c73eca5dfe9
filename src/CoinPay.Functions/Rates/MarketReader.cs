using System.Net;
using System.Text.Json;
using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Rates;

/// <summary>
/// Asks markets for prices over HTTP. Anything but a price, in time and of a sensible size, counts as no price: no market
/// can make the gateway fail, wait long or accept a zero.
/// </summary>
internal sealed class MarketReader : IDisposable
{
    /// <summary>The time limit per market. Merchants wait for the slowest.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(3);

    /// <summary>The size limit; responses have a few hundred bytes.</summary>
    private const int LargestAnswer = 64 * 1024;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly HttpClient _http;

    public MarketReader(TimeProvider clock, ILogger<MarketReader> log)
    {
        (_clock, _log) = (clock, log);
        SocketsHttpHandler handler = new()
        {
            ActivityHeadersPropagator = null, // Our trace ids are not sent to markets.
            AllowAutoRedirect = false,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        _http = new(handler) { MaxResponseContentBufferSize = LargestAnswer, Timeout = Timeout.InfiniteTimeSpan };
        // CoinGecko refuses requests without a user agent.
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("CoinPay");
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
    }

    /// <summary>Returns the market's price for one unit of the asset, or the reason that there is none.</summary>
    public async Task<RateAnswer> ReadPriceAsync(IMarket market, Uri address, string symbol, string currency)
    {
        DateTimeOffset askedAt = _clock.GetUtcNow();
        RateAnswer Without(string why, string detail)
        {
            _log.LogInformation("{Market} has no price for {Symbol} in {Currency}: {Why}", market.Name, symbol, currency, detail);
            return new(market.Name, null, askedAt, false, why);
        }
        if (market.PathOf(symbol, currency) is not { } path)
            return Without(MarketRate.NoAnswer, "the market does not list it");
        using CancellationTokenSource limit = new(TimeLimit, _clock);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(address, path), limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return Without(MarketRate.NoAnswer, $"HTTP {(int)response.StatusCode}");
            using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token));
            return market.Read(answer.RootElement, symbol, currency) is { } said
                ? new(market.Name, said.Price, said.At is { } at && at < askedAt ? at : askedAt, false, null)
                : Without(MarketRate.Unusable, "the response is an error, another pair or not a number");
        }
        catch (OperationCanceledException)
        {
            return Without(MarketRate.NoAnswer, $"no response within {TimeLimit.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return Without(MarketRate.NoAnswer, broken.Message);
        }
        // System.Text.Json's exceptions for text that is not JSON, a missing field and a field of another type.
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return Without(MarketRate.Unusable, other.Message);
        }
    }

    public void Dispose() => _http.Dispose();
}
