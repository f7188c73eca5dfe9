using System.Text.Json;
using CoinPay.Core;

namespace CoinPay.Functions.Rates;

/// <summary>What one of an asset costs in a currency, as decimal text above zero.</summary>
/// <param name="At">Since when, where the market says so.</param>
internal sealed record MarketPrice(string Price, DateTimeOffset? At = null);

/// <summary>A public source of prices: where it is asked, and how its answers are read.</summary>
internal interface IMarket
{
    /// <summary>Short, in lower case, as invoices show it.</summary>
    string Name { get; }

    /// <summary>The market's own address, with a slash at its end.</summary>
    Uri Address { get; }

    /// <summary>What to GET below the address; null for an asset that the market is not known to have.</summary>
    string? PathOf(string symbol, string currency);

    /// <summary>Null, or any exception of reading JSON, for everything that is not a price of this pair.</summary>
    MarketPrice? Read(JsonElement answer, string symbol, string currency);
}

/// <summary>Numbers of markets: only what is a plain decimal above zero counts.</summary>
internal static class MarketNumber
{
    /// <summary>Longer than any price; keeps a rate, which has the inverse's digits, within what is read as a decimal.</summary>
    private const int LongestPrice = 40;

    /// <summary>A price from a JSON string or number as it was written, never by way of a float; null for anything else.</summary>
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
