using System.Text.Json;

namespace CoinPay.Functions.Rates;

/// <summary>Coinbase's spot price. Source: https://docs.cdp.coinbase.com/coinbase-app/track-apis/prices</summary>
internal sealed class Coinbase : IMarket
{
    public string Name => "coinbase";

    public Uri Address { get; } = new("https://api.coinbase.com/");

    public string? PathOf(string symbol, string currency) => $"v2/prices/{symbol}-{currency}/spot";

    public MarketPrice? Read(JsonElement answer, string symbol, string currency)
    {
        JsonElement data = answer.GetProperty("data");
        // The documentation's example has no base; if there is one, it must be ours.
        bool isPair = data.GetProperty("currency").GetString() == currency
            && (!data.TryGetProperty("base", out JsonElement of) || of.GetString() == symbol);
        return isPair && MarketNumber.Read(data.GetProperty("amount")) is { } price ? new(price) : null;
    }
}
