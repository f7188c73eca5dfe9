using System.Numerics;

namespace CoinPay.Core;

/// <summary>Decimal numbers as text, exact at any size: no float and no rounding on the way in or out.</summary>
public static class DecimalText
{
    /// <summary>Reads digits with at most one point between them; null for anything else.</summary>
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
        return wellFormed ? (BigInteger.Parse(whole + fraction), fraction.Length) : null;
    }

    /// <summary>Writes base units with the point put in and trailing zeros left out.</summary>
    public static string Write(BigInteger unscaled, int scale)
    {
        string digits = BigInteger.Abs(unscaled).ToString().PadLeft(scale + 1, '0');
        string fraction = digits[^scale..].TrimEnd('0');
        string sign = unscaled.Sign < 0 ? "-" : "";
        return sign + digits[..^scale] + (fraction.Length == 0 ? "" : "." + fraction);
    }
}
