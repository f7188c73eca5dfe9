using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Functions.Access;

/// <summary>
/// The text of an API key: <c>cp_test_</c> or <c>cp_live_</c>, then 50 characters of Crockford base32 in lower case:
/// 12 of public id (names the row), 32 of secret (160 random bits) and 6 of checksum (30 bits of SHA-256 over
/// everything before it). The checksum lets a scanner or this gateway detect a typo without a look-up.
/// </summary>
internal sealed record ApiKeyText(bool Livemode, string PublicId, string Text)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const string TestPrefix = "cp_test_";
    private const string LivePrefix = "cp_live_";
    private const int PublicIdLength = 12;
    private const int SecretLength = 32;
    private const int ChecksumLength = 6;
    private const int Length = 8 + PublicIdLength + SecretLength + ChecksumLength;

    public static ApiKeyText New(bool livemode)
    {
        string publicId = RandomNumberGenerator.GetString(Alphabet, PublicIdLength);
        string text = (livemode ? LivePrefix : TestPrefix)
            + publicId
            + RandomNumberGenerator.GetString(Alphabet, SecretLength);
        return new(livemode, publicId, text + Checksum(text));
    }

    /// <summary>Returns null if the text cannot be a key: its format or checksum is wrong.</summary>
    public static ApiKeyText? Parse(string text)
    {
        bool live = text.StartsWith(LivePrefix, StringComparison.Ordinal);
        if (text.Length != Length || (!live && !text.StartsWith(TestPrefix, StringComparison.Ordinal)))
            return null;
        bool valid = text.AsSpan(TestPrefix.Length).IndexOfAnyExcept(Alphabet) < 0
            && Checksum(text[..^ChecksumLength]) == text[^ChecksumLength..];
        return valid ? new(live, text.Substring(TestPrefix.Length, PublicIdLength), text) : null;
    }

    /// <summary>Returns the hash to store: HMAC-SHA256 of the whole key with the pepper.</summary>
    public byte[] Hash(string pepper) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(pepper), Encoding.UTF8.GetBytes(Text));

    /// <summary>Returns the part of an existing key that can be shown: its mode and public id.</summary>
    public override string ToString() => (Livemode ? LivePrefix : TestPrefix) + PublicId + "…";

    private static string Checksum(string text)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        ulong bits = BinaryPrimitives.ReadUInt32BigEndian(hash) >> 2;
        return string.Create(ChecksumLength, bits, static (characters, value) =>
        {
            for (int i = characters.Length - 1; i >= 0; i--, value >>= 5)
                characters[i] = Alphabet[(int)(value & 31)];
        });
    }
}
