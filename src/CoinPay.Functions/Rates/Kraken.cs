using System.Collections.Frozen;
using System.Text.Json;
using CoinPay.Core;

namespace CoinPay.Functions.Rates;

/// <summary>
/// Kraken's order book: the midpoint of the best ask and the best bid, because the last trade of a rarely traded pair can
/// be hours old. Source: https://docs.kraken.com/api-reference/market-data/get-ticker-information
/// </summary>
internal sealed class Kraken : IMarket
{
    private static readonly FrozenSet<string> Currencies =
        "AUD CAD CHF EUR GBP JPY USD".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    public string Name => "kraken";

    public Uri Address { get; } = new("https://api.kraken.com/");

    public string? PathOf(string symbol, string currency) =>
        Currencies.Contains(currency) ? $"0/public/Ticker?pair={CodeOf(symbol)}{currency}" : null;

    public MarketPrice? Read(JsonElement answer, string symbol, string currency)
    {
        if (answer.GetProperty("error").GetArrayLength() > 0)
            return null;
        JsonProperty pair = answer.GetProperty("result").EnumerateObject().Single();
        return IsPair(pair.Name, CodeOf(symbol), currency)
            && MarketNumber.Read(pair.Value.GetProperty("a")[0]) is { } ask
            && MarketNumber.Read(pair.Value.GetProperty("b")[0]) is { } bid
            ? new(DecimalText.Median([ask, bid]))
            : null;
    }

    /// <summary>The names of Kraken's oldest pairs have X before the coin and Z before the currency: XXBTZEUR.</summary>
    private static bool IsPair(string name, string code, string currency) =>
        name == code + currency || name == code + "Z" + currency || name == "X" + code + "Z" + currency;

    private static string CodeOf(string symbol) => symbol == "BTC" ? "XBT" : symbol;
}
