namespace CoinPay.Functions.Http;

/// <summary>
/// The length of text: Unicode code points, as <c>maxLength</c> of JSON Schema counts them, so that an emoji is one
/// character and not two. Composed characters still count each of their parts.
/// </summary>
internal static class TextLength
{
    public static int Of(string text) => text.EnumerateRunes().Count();

    /// <summary>Returns the beginning of a text, at most this many UTF-16 units, without half a character at its end.</summary>
    public static string Cut(string text, int maxUnits)
    {
        if (text.Length <= maxUnits)
            return text;
        return text[..(char.IsHighSurrogate(text[maxUnits - 1]) ? maxUnits - 1 : maxUnits)];
    }
}
