using System.Net;
using System.Text.Json;
using CoinPay.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Rates;

/// <summary>
/// Asks markets for prices over HTTP. Whatever is not a price, in time and of a sensible size, is an answer without one: no
/// market can make the gateway fail, wait long or believe a zero.
/// </summary>
internal sealed class MarketReader : IDisposable
{
    /// <summary>How long a market may take. A merchant waits for the slowest.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(3);

    /// <summary>Answers have a few hundred bytes.</summary>
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
            ActivityHeadersPropagator = null, // A market is told nothing of our traces.
            AllowAutoRedirect = false,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        _http = new(handler) { MaxResponseContentBufferSize = LargestAnswer, Timeout = Timeout.InfiniteTimeSpan };
        // CoinGecko refuses callers that do not say who they are.
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("CoinPay");
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
    }

    /// <summary>What the market says one of the asset costs, or why that is not known.</summary>
    public async Task<RateAnswer> ReadPriceAsync(IMarket market, Uri address, string symbol, string currency)
    {
        DateTimeOffset askedAt = _clock.GetUtcNow();
        RateAnswer Without(string why, string detail)
        {
            _log.LogInformation("{Market} gives no price of {Symbol} in {Currency}: {Why}", market.Name, symbol, currency, detail);
            return new(market.Name, null, askedAt, false, why);
        }
        if (market.PathOf(symbol, currency) is not { } path)
            return Without(MarketRate.NoAnswer, "it is not known there");
        using CancellationTokenSource limit = new(TimeLimit, _clock);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri(address, path), limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                return Without(MarketRate.NoAnswer, $"HTTP {(int)response.StatusCode}");
            using JsonDocument answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(limit.Token));
            return market.Read(answer.RootElement, symbol, currency) is { } said
                ? new(market.Name, said.Price, said.At is { } at && at < askedAt ? at : askedAt, false, null)
                : Without(MarketRate.Unusable, "another pair, an error or something that is not a number");
        }
        catch (OperationCanceledException)
        {
            return Without(MarketRate.NoAnswer, $"nothing within {TimeLimit.TotalSeconds} s");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return Without(MarketRate.NoAnswer, broken.Message);
        }
        // What System.Text.Json throws on text that is no JSON, on a field that is missing and on one of another type.
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return Without(MarketRate.Unusable, other.Message);
        }
    }

    public void Dispose() => _http.Dispose();
}
