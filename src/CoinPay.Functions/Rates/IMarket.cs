using System.Text.Json;
using CoinPay.Core;

namespace CoinPay.Functions.Rates;

/// <summary>The price of one unit of an asset in a currency, as decimal text above zero.</summary>
/// <param name="At">The time of the price, if the market gives one.</param>
internal sealed record MarketPrice(string Price, DateTimeOffset? At = null);

/// <summary>A public source of prices: its address, and how to read its responses.</summary>
internal interface IMarket
{
    /// <summary>The short lower-case name that invoices show.</summary>
    string Name { get; }

    /// <summary>The market's own address, with a trailing slash.</summary>
    Uri Address { get; }

    /// <summary>Returns the path to GET below the address, or null for a pair that the market is not known to list.</summary>
    string? PathOf(string symbol, string currency);

    /// <summary>Reads the price. Returns null, or throws any JSON exception, if the response is not a price of this pair.</summary>
    MarketPrice? Read(JsonElement answer, string symbol, string currency);
}

/// <summary>Reads numbers from markets: only a plain decimal above zero counts.</summary>
internal static class MarketNumber
{
    /// <summary>Longer than any price, and short enough that the rate, which is the inverse, can be read as a decimal.</summary>
    private const int LongestPrice = 40;

    /// <summary>Reads a price from the raw text of a JSON string or number, never through a float; null for anything else.</summary>
    public static string? Read(JsonElement element)
    {
        string? text = element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
        return text is { Length: <= LongestPrice } && DecimalText.Read(text) is { Unscaled.Sign: > 0 }
            ? text
            : null;
    }
}
