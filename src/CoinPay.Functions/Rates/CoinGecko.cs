using System.Collections.Frozen;
using System.Text.Json;

namespace CoinPay.Functions.Rates;

/// <summary>
/// CoinGecko's price, an average over many markets, with its time. Uses CoinGecko's own coin ids, because many coins share a symbol.
/// Source: https://docs.coingecko.com/reference/simple-price
/// </summary>
internal sealed class CoinGecko : IMarket
{
    private static readonly FrozenDictionary<string, string> Ids = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["BTC"] = "bitcoin",
        ["LTC"] = "litecoin",
        ["ETH"] = "ethereum",
        ["POL"] = "polygon-ecosystem-token",
        ["USDT"] = "tether",
        ["USDC"] = "usd-coin",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public string Name => "coingecko";

    public Uri Address { get; } = new("https://api.coingecko.com/");

    public string? PathOf(string symbol, string currency) => Ids.TryGetValue(symbol, out string? id) && Currencies.Known.Contains(currency, StringComparer.Ordinal)
        ? $"api/v3/simple/price?ids={id}&vs_currencies={Lower(currency)}&include_last_updated_at=true&precision=full"
        : null;

    public MarketPrice? Read(JsonElement answer, string symbol, string currency)
    {
        JsonElement coin = answer.GetProperty(Ids[symbol]);
        return MarketNumber.Read(coin.GetProperty(Lower(currency))) is { } price
            ? new(price, DateTimeOffset.FromUnixTimeSeconds(coin.GetProperty("last_updated_at").GetInt64()))
            : null;
    }

    private static string Lower(string currency) => currency.ToLowerInvariant();
}
