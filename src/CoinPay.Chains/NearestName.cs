namespace CoinPay.Chains;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
public static class NearestName
{
    /// <summary>
    /// Returns the known name with the fewest letters to insert, remove or replace (Levenshtein), in any case; null if
    /// nothing is known.
    /// </summary>
    public static string? Of(string written, IEnumerable<string> known) =>
        known.MinBy(name => Distance(written.ToUpperInvariant(), name.ToUpperInvariant()));

    private static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int replaced = diagonal + (one[i - 1] == other[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j - 1], row[j]) + 1);
            }
        }
        return row[^1];
    }
}
