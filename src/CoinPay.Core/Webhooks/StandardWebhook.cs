using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Core;

/// <summary>
/// Standard Webhooks signatures, version 1: HMAC-SHA256 over <c>id.timestamp.body</c>.
/// Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
/// </summary>
public static class StandardWebhook
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>The maximum difference between a message's timestamp and the receiver's clock.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";
    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;

    /// <summary>Returns the secret as it is shown: <c>whsec_</c> and base64.</summary>
    public static string WriteSecret(ReadOnlySpan<byte> secret) => SecretPrefix + Convert.ToBase64String(secret);

    /// <summary>
    /// Returns the bytes of a shown secret; null unless it is base64 of 24 to 64 bytes, with or without the prefix.
    /// </summary>
    public static byte[]? ReadSecret(string text)
    {
        string base64 = text.StartsWith(SecretPrefix, StringComparison.Ordinal) ? text[SecretPrefix.Length..] : text;
        Span<byte> bytes = stackalloc byte[MaxSecretBytes];
        return base64.Length <= MaxSecretBytes * 2
            && Convert.TryFromBase64String(base64, bytes, out int length)
            && length is >= MinSecretBytes and <= MaxSecretBytes
                ? bytes[..length].ToArray()
                : null;
    }

    /// <summary>
    /// Returns one signature, <c>v1,&lt;base64&gt;</c>. Signatures by several secrets are sent separated by spaces.
    /// </summary>
    public static string Sign(ReadOnlySpan<byte> secret, string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.UTF8.GetBytes($"{id}.{Seconds(timestamp)}.");
        return Version + Convert.ToBase64String(HMACSHA256.HashData(secret, [.. head, .. body]));
    }

    /// <summary>Returns the value of the timestamp header: whole seconds since 1970.</summary>
    public static string Seconds(DateTimeOffset timestamp) =>
        timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Returns true if any of the signatures is right, compared in constant time, and the timestamp is within
    /// <see cref="Tolerance"/> of <paramref name="now"/>.
    /// </summary>
    public static bool Verify(
        ReadOnlySpan<byte> secret, string id, string timestamp, string signatures, ReadOnlySpan<byte> body,
        DateTimeOffset now)
    {
        bool isNumber = long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds);
        if (!isNumber || Math.Abs(seconds - now.ToUnixTimeSeconds()) > (long)Tolerance.TotalSeconds)
            return false;
        byte[] right = Encoding.UTF8.GetBytes(Sign(secret, id, DateTimeOffset.FromUnixTimeSeconds(seconds), body));
        bool verified = false;
        foreach (string signature in signatures.Split(' '))
            verified |= CryptographicOperations.FixedTimeEquals(right, Encoding.UTF8.GetBytes(signature));
        return verified;
    }
}
