namespace CoinPay.Testing.Storage.Tables;

/// <summary>A string literal of OData: in quotation marks, those within it doubled.</summary>
internal static class Quotation
{
    /// <summary>Reads the literal that opens at <paramref name="at"/>, which then stands after it.</summary>
    public static string Read(ReadOnlySpan<char> text, ref int at)
    {
        int start = at + 1;
        if (at >= text.Length || text[at] != '\'')
            throw new FormatException($"No quotation opens at {at}.");
        for (at = start; at < text.Length; at++)
        {
            if (text[at] != '\'')
                continue;
            if (at + 1 == text.Length || text[at + 1] != '\'')
                return text[start..at++].ToString().Replace("''", "'", StringComparison.Ordinal);
            at++;
        }
        throw new FormatException("A quotation stays open.");
    }
}
