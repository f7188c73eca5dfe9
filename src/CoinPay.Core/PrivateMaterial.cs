using System.Numerics;

namespace CoinPay.Core;

/// <summary>The kind of private material that a supposedly public text contains.</summary>
public enum PrivateMaterialKind
{
    /// <summary>xprv, zprv, tprv, Ltpv … (BIP-32, SLIP-132).</summary>
    ExtendedPrivateKey,

    /// <summary>A WIF or mini private key, or one encrypted by BIP-38.</summary>
    PrivateKey,

    /// <summary>32 or 64 bytes of hex.</summary>
    HexKey,

    /// <summary>Twelve or more words (BIP-39, SLIP-39, Electrum).</summary>
    SeedPhrase,
}

/// <summary>
/// Recognises private keys and seed phrases where none are allowed. It errs on the side of refusing: it checks no
/// checksums and no word lists, because a mistyped key is a key nearly given away. For requests that contain no prose
/// and no hashes.
/// </summary>
public static class PrivateMaterial
{
    private const string Base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const int MinSeedWords = 12;
    private const int MinExtendedKeyLength = 80;
    private const int LongestExtendedKeyLength = 130;
    private const int LongestLatinWord = 8;
    private const int ShortestLatinWord = 3;
    private static readonly char[] WordSeparators = [' ', '\t', '\n', '\r', ',', ';', '\u3000'];

    /// <summary>Returns null if nothing private is recognised anywhere in the text.</summary>
    public static PrivateMaterialKind? Recognise(string text)
    {
        if (HasSeedPhrase(text))
            return PrivateMaterialKind.SeedPhrase;
        // Once as written, once without white space: a key might be wrapped over lines.
        string unbroken = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        return Tokens(text).Concat(Tokens(unbroken)).Select(KindOf).FirstOrDefault(kind => kind is not null);
    }

    /// <summary>Checks texts that belong together: a seed phrase can come as a list of words.</summary>
    public static PrivateMaterialKind? Recognise(IEnumerable<string> texts)
    {
        List<string> all = [.. texts];
        return all.Select(Recognise).FirstOrDefault(kind => kind is not null)
            ?? (HasSeedPhrase(string.Join(' ', all)) ? PrivateMaterialKind.SeedPhrase : null);
    }

    private static IEnumerable<string> Tokens(string text)
    {
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiLetterOrDigit(text[i]))
                continue;
            if (i > start)
                yield return text[start..i];
            start = i + 1;
        }
    }

    private static PrivateMaterialKind? KindOf(string token) =>
        IsHexKey(token) ? PrivateMaterialKind.HexKey
        : IsExtendedKey(token) ? PrivateMaterialKind.ExtendedPrivateKey
        : IsSingleKey(token) ? PrivateMaterialKind.PrivateKey
        : null;

    private static bool IsHexKey(string token)
    {
        string hex = token.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? token[2..] : token;
        return hex.Length is 64 or 128 && hex.All(char.IsAsciiHexDigit);
    }

    private static bool IsExtendedKey(string token)
    {
        if (token.Length is < MinExtendedKeyLength or > LongestExtendedKeyLength)
            return false;
        string prefix = token[..4].ToUpperInvariant();
        bool named = prefix.EndsWith("PRV", StringComparison.Ordinal)
            || prefix.EndsWith("TPV", StringComparison.Ordinal);
        return named || HoldsZeroPaddedKey(token);
    }

    /// <summary>
    /// Detects any version of BIP-32's 78 bytes plus 4 of checksum whose key field begins with the zero byte that only
    /// private keys have there. Catches versions that are on no list.
    /// </summary>
    private static bool HoldsZeroPaddedKey(string token)
    {
        const int SerializedBytes = 82;
        const int KeyOffset = 45;
        byte[]? bytes = FromBase58(token);
        return bytes is { Length: SerializedBytes } && bytes[KeyOffset] == 0;
    }

    private static bool IsSingleKey(string token)
    {
        if (!token.All(Base58.Contains))
            return false;
        bool wif = token.Length is 51 or 52;
        bool bip38 = token.StartsWith("6P", StringComparison.Ordinal) && token.Length is >= 57 and <= 59;
        bool mini = token[0] == 'S' && (token.Length is 22 or 26 or 30);
        return wif || bip38 || mini;
    }

    private static bool HasSeedPhrase(string text)
    {
        int run = 0;
        foreach (string word in text.Split(WordSeparators, StringSplitOptions.RemoveEmptyEntries))
        {
            // Lists are numbered: "1. abandon 2. ability".
            string bare = word.Trim('"', '\'', '.', ')', '(', ':', '-');
            if (bare.Length == 0 || bare.All(char.IsAsciiDigit))
                continue;
            run = IsSeedWord(bare) ? run + WordsIn(bare) : 0;
            if (run >= MinSeedWords)
                return true;
        }
        return false;
    }

    private static bool IsSeedWord(string word) =>
        word.All(char.IsAsciiLetter)
            ? word.Length is >= ShortestLatinWord and <= LongestLatinWord
            : word.All(c => char.IsLetter(c) || IsMark(c));

    private static bool IsMark(char c) =>
        char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.NonSpacingMark;

    // Chinese words are single characters and are often written without spaces.
    private static int WordsIn(string word) => word.All(c => c is >= '\u4e00' and <= '\u9fff') ? word.Length : 1;

    private static byte[]? FromBase58(string token)
    {
        BigInteger value = BigInteger.Zero;
        foreach (char c in token)
        {
            int digit = Base58.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            value = value * Base58.Length + digit;
        }
        return value.ToByteArray(isUnsigned: true, isBigEndian: true);
    }
}
