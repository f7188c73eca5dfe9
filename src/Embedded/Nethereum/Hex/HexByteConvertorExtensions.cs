namespace Nethereum.Hex.HexConvertors.Extensions;

/// <summary>Hex with or without <c>0x</c>.</summary>
public static class HexByteConvertorExtensions
{
    private const string Prefix = "0x";

    public static bool HasHexPrefix(this string value) => value.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The text with <c>0x</c> before it, once.</summary>
    public static string EnsureHexPrefix(this string value) => value.HasHexPrefix() ? value : Prefix + value;

    public static string RemoveHexPrefix(this string value) => value.HasHexPrefix() ? value[Prefix.Length..] : value;

    /// <summary>Lower-case hex.</summary>
    public static string ToHex(this byte[] value, bool prefix = false) =>
        (prefix ? Prefix : "") + Convert.ToHexStringLower(value);

    /// <summary>The bytes of a text of hex digits; an odd number of them has a zero before it.</summary>
    /// <exception cref="FormatException">Something that is no hex digit.</exception>
    public static byte[] HexToByteArray(this string value)
    {
        string digits = value.RemoveHexPrefix();
        return Convert.FromHexString(digits.Length % 2 == 0 ? digits : "0" + digits);
    }
}
