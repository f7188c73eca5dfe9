using System.Numerics;

namespace CoinPay.Core;

/// <summary>Decimal numbers as text, exact at any size: no float and no rounding on the way in or out.</summary>
public static class DecimalText
{
    /// <summary>
    /// Reads digits with at most one point between them; null for anything else. Zeros at the end of the fraction change
    /// nothing and do not count as decimals: <c>5.00</c> has the scale 0.
    /// </summary>
    public static (BigInteger Unscaled, int Scale)? Read(string text)
    {
        if (text.Length is 0 or > Amount.MaxTextLength)
            return null;
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? text : text[..point];
        string fraction = point < 0 ? "" : text[(point + 1)..];
        bool wellFormed = whole.Length > 0
            && (whole == "0" || whole[0] != '0')
            && (point < 0 || fraction.Length > 0)
            && whole.All(char.IsAsciiDigit)
            && fraction.All(char.IsAsciiDigit);
        fraction = fraction.TrimEnd('0');
        return wellFormed ? (BigInteger.Parse(whole + fraction), fraction.Length) : null;
    }

    /// <summary>Writes base units with a decimal point and without trailing zeros.</summary>
    public static string Write(BigInteger unscaled, int scale)
    {
        string digits = BigInteger.Abs(unscaled).ToString().PadLeft(scale + 1, '0');
        string fraction = digits[^scale..].TrimEnd('0');
        string sign = unscaled.Sign < 0 ? "-" : "";
        return sign + digits[..^scale] + (fraction.Length == 0 ? "" : "." + fraction);
    }

    /// <summary>
    /// Returns one divided by a number above zero, to at least this many significant digits, rounded to the nearest.
    /// </summary>
    public static string Reciprocal(string text, int digits)
    {
        (BigInteger unscaled, int scale) = Number(text);
        Assert.That(unscaled.Sign > 0);
        int outScale = Math.Max(0, digits + unscaled.ToString().Length - scale);
        BigInteger numerator = BigInteger.Pow(10, scale + outScale);
        return Write((numerator + (unscaled / 2)) / unscaled, outScale);
    }

    /// <summary>
    /// Whether one number is within this percentage of another, exactly: |it − other| · 100 ≤ percent · other.
    /// </summary>
    public static bool IsWithinPercent(string it, string other, decimal percent)
    {
        (BigInteger left, int leftScale) = Number(it);
        (BigInteger right, int rightScale) = Number(other);
        (BigInteger most, int mostScale) = Number(percent.ToString(System.Globalization.CultureInfo.InvariantCulture));
        left *= BigInteger.Pow(10, rightScale);
        right *= BigInteger.Pow(10, leftScale);
        return BigInteger.Abs(left - right) * 100 * BigInteger.Pow(10, mostScale) <= most * right;
    }

    /// <summary>Returns the middle number; for an even count, the exact midpoint of the two in the middle.</summary>
    public static string Median(IReadOnlyList<string> texts)
    {
        Assert.That(texts.Count > 0);
        List<(BigInteger Unscaled, int Scale)> numbers = [.. texts.Select(Number)];
        int scale = numbers.Max(number => number.Scale);
        List<BigInteger> sorted =
            [.. numbers.Select(number => number.Unscaled * BigInteger.Pow(10, scale - number.Scale)).Order()];
        BigInteger lower = sorted[(sorted.Count - 1) / 2];
        BigInteger upper = sorted[sorted.Count / 2];
        return Write((lower + upper) * 5, scale + 1);
    }

    private static (BigInteger Unscaled, int Scale) Number(string text) =>
        Read(text) ?? throw new BugException("not a number: " + text);
}
