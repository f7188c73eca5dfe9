namespace CoinPay.Testing.Storage.Tables;

/// <summary>An OData string literal: in quotation marks, with embedded ones doubled.</summary>
internal static class Quotation
{
    /// <summary>Reads the literal that starts at <paramref name="at"/> and moves <paramref name="at"/> past it.</summary>
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
