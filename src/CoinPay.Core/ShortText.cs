namespace CoinPay.Core;

/// <summary>Shortens text from nodes and other strangers, which can be of any length, before it is kept.</summary>
public static class ShortText
{
    /// <summary>Enough for a reason, in UTF-16 units, as storage counts.</summary>
    public const int Max = 300;

    /// <summary>Returns the beginning of a text, without half a character at its end.</summary>
    public static string Of(string text) =>
        text.Length <= Max ? text : text[..(char.IsHighSurrogate(text[Max - 2]) ? Max - 2 : Max - 1)] + "…";
}
