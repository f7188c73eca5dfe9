using System.Buffers;
using NBitcoin.DataEncoders;

namespace CoinPay.Functions.Chains;

/// <summary>
/// Texts that may be a private key in any of its usual forms. The gateway refuses them wherever a wallet is named and
/// never stores, logs or repeats them. Rather a harmless text refused than a key let through: checksums are not asked for.
/// </summary>
internal static class PrivateKeyText
{
    public const string Refusal =
        "This may be a private key. CoinPay never needs one: give the account's extended public key or an address, "
        + "and treat what you sent as no longer secret.";

    private const int HexKeyLength = 64;
    private const int FewestSeedWords = 12;

    /// <summary>WIF is 51 or 52 characters of base58, an extended key 111.</summary>
    private const int ShortestBase58Key = 50;
    private static readonly string[] Extended = ["xprv", "yprv", "zprv", "tprv", "uprv", "vprv", "Ltpv", "Mtpv", "ttpv"];
    private static readonly char[] BetweenWords = [' ', '\t', '\r', '\n', '(', ')', '[', ']', '/', ',', '"', '\''];
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    public static bool IsLike(string text)
    {
        string trimmed = text.Trim();
        return IsHex(trimmed) || IsSeed(trimmed) || IsExtended(trimmed) || IsWif(trimmed);
    }

    private static bool IsHex(string text)
    {
        ReadOnlySpan<char> digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        return digits.Length == HexKeyLength && digits.IndexOfAnyExcept(Hex) < 0;
    }

    private static bool IsSeed(string text)
    {
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= FewestSeedWords && words.All(word => word.All(char.IsLetter));
    }

    /// <summary>Alone or within a descriptor.</summary>
    private static bool IsExtended(string text) => text
        .Split(BetweenWords, StringSplitOptions.RemoveEmptyEntries)
        .Any(word => word.Length > ShortestBase58Key
            && Extended.Any(prefix => word.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));

    /// <summary>One version byte, 32 bytes, and a 1 when the public key is compressed.</summary>
    private static bool IsWif(string text)
    {
        if (text.Length is < ShortestBase58Key or > 53)
            return false;
        try
        {
            return Encoders.Base58Check.DecodeData(text) is { Length: 33 } or { Length: 34 };
        }
        catch (FormatException)
        {
            return text.All(char.IsAsciiLetterOrDigit) && "5KLcT96Q".Contains(text[0], StringComparison.Ordinal);
        }
    }
}
