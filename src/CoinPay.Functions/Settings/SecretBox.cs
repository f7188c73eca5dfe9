using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Functions.Settings;

/// <summary>
/// Encrypts secrets that must be read again (webhook secrets, answers kept for an Idempotency-Key): AES-256-GCM, as one
/// format byte, 12 random nonce bytes, 16 tag bytes and the ciphertext. The purpose is authenticated, so that a value
/// moved to another row does not open. Source: NIST SP 800-38D.
/// </summary>
internal sealed class SecretBox(ISecrets secrets)
{
    public const int KeyBytes = 32;
    private const byte Format = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int HeaderBytes = 1 + NonceBytes + TagBytes;

    /// <param name="purpose">What and where it is, for instance <c>endpoint!whe_…</c>.</param>
    /// <param name="plain">What to keep.</param>
    /// <param name="cancellation">Ends the wait for the key.</param>
    public async Task<byte[]> SealAsync(string purpose, ReadOnlyMemory<byte> plain, CancellationToken cancellation)
    {
        using AesGcm cipher = new(await KeyAsync(cancellation), TagBytes);
        byte[] box = new byte[HeaderBytes + plain.Length];
        box[0] = Format;
        RandomNumberGenerator.Fill(box.AsSpan(1, NonceBytes));
        cipher.Encrypt(
            box.AsSpan(1, NonceBytes), plain.Span, box.AsSpan(HeaderBytes), box.AsSpan(1 + NonceBytes, TagBytes),
            Purpose(purpose));
        return box;
    }

    /// <summary>
    /// Throws <see cref="CryptographicException"/> when the box was altered, moved or sealed with another key.
    /// </summary>
    public async Task<byte[]> OpenAsync(string purpose, ReadOnlyMemory<byte> box, CancellationToken cancellation)
    {
        if (box.Length < HeaderBytes || box.Span[0] != Format)
            throw new CryptographicException("not a sealed secret");
        using AesGcm cipher = new(await KeyAsync(cancellation), TagBytes);
        byte[] plain = new byte[box.Length - HeaderBytes];
        cipher.Decrypt(
            box.Span.Slice(1, NonceBytes), box.Span[HeaderBytes..], box.Span.Slice(1 + NonceBytes, TagBytes), plain,
            Purpose(purpose));
        return plain;
    }

    /// <summary>The key's bytes, or an exception that says what is wrong without showing it.</summary>
    public async Task<byte[]> KeyAsync(CancellationToken cancellation)
    {
        string text = await secrets.GetAsync(SecretName.SecretsKey, cancellation);
        byte[] key = new byte[KeyBytes];
        return Convert.TryFromBase64String(text, key, out int length) && length == KeyBytes
            ? key
            : throw new SettingsException(
                "CoinPay__SecretsKey must be base64 of 32 random bytes: openssl rand -base64 32");
    }

    private static byte[] Purpose(string purpose) => Encoding.UTF8.GetBytes(purpose);
}
