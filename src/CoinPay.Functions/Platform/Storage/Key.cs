using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>
/// Partition and row keys. Parts are joined by <c>!</c>. Table storage refuses <c>/ \ # ?</c> and control characters in a
/// key, so text from users goes through <see cref="Hash"/>.
/// Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
/// </summary>
internal static class Key
{
    /// <summary>The row key of the only row in a look-up partition.</summary>
    public const string Lookup = "lookup";

    private const int HashBytes = 16;

    public static string Of(params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
            if (part.Length == 0 || part.AsSpan().IndexOfAny("!/\\#?") >= 0 || part.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0)
                throw new ArgumentException($"'{part}' cannot be part of a key.", nameof(parts));
        return string.Join('!', parts!);
    }

    /// <summary>Returns 128 bits of the SHA-256 of text from a user, as hex.</summary>
    public static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));

    /// <summary>Returns the kind of a row: its key up to and including the first <c>!</c>, or the whole key.</summary>
    public static string PrefixOf(string key) => key[..(key.IndexOf('!') is var end and >= 0 ? end + 1 : key.Length)];

    /// <summary>Returns the first key after all keys that begin with <paramref name="prefix"/>, for range queries.</summary>
    public static string After(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);
}
