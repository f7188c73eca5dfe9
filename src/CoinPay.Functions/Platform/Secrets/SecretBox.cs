using System.Security.Cryptography;
using System.Text;
using CoinPay.Chains;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>
/// Encrypts secrets that must be read again (webhook secrets, answers kept for an Idempotency-Key): AES-256-GCM, as one
/// format byte, 4 bytes of key id, 12 random nonce bytes, 16 tag bytes and the ciphertext. The purpose is authenticated,
/// so that a value moved to another row cannot be decrypted. Boxes of the first format have no key id.
/// Source: NIST SP 800-38D.
/// </summary>
internal sealed class SecretBox(ISecrets secrets)
{
    public const int KeyBytes = 32;
    private const byte NamelessFormat = 1;
    private const byte Format = 2;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly KeyRing _keys = new(secrets, SecretName.SecretsKey);

    /// <param name="purpose">What the secret is and where it is stored, for instance <c>endpoint!whe_…</c>.</param>
    /// <param name="plain">The secret.</param>
    /// <param name="cancellation">Cancels the wait for the key.</param>
    public async Task<byte[]> SealAsync(string purpose, ReadOnlyMemory<byte> plain, CancellationToken cancellation)
    {
        NamedKey key = await _keys.CurrentAsync(cancellation);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        byte[] tag = new byte[TagBytes];
        byte[] hidden = new byte[plain.Length];
        using AesGcm cipher = new(BytesOf(key), TagBytes);
        cipher.Encrypt(nonce, plain.Span, hidden, tag, Purpose(purpose));
        return [Format, .. Convert.FromHexString(key.Id), .. nonce, .. tag, .. hidden];
    }

    /// <summary>
    /// Throws <see cref="CryptographicException"/> if the box was altered, moved or sealed with a key that is neither
    /// the current nor the previous one.
    /// </summary>
    public async Task<byte[]> OpenAsync(string purpose, ReadOnlyMemory<byte> box, CancellationToken cancellation)
    {
        int start = box.Length > 0 && box.Span[0] == NamelessFormat ? 1 : 1 + NamedKey.IdBytes;
        if (box.Length < start + NonceBytes + TagBytes || box.Span[0] is not (NamelessFormat or Format))
            throw new CryptographicException("This is not a sealed secret.");
        IReadOnlyList<NamedKey> keys = IdOf(box) is not { } id ? await _keys.AllAsync(cancellation)
            : await _keys.FindAsync(id, cancellation) is { } named ? [named]
            : throw new CryptographicException("The secret was sealed with a key that is neither the current nor the previous one.");
        for (int tried = 0; ; tried++)
            try
            {
                return Open(keys[tried], purpose, box[start..].Span);
            }
            catch (AuthenticationTagMismatchException) when (tried + 1 < keys.Count)
            {
                // A box without a key id can belong to the other key.
            }
    }

    /// <summary>Whether a box can be opened without the previous key.</summary>
    public async Task<bool> IsCurrentAsync(ReadOnlyMemory<byte> box, CancellationToken cancellation) =>
        IdOf(box) == (await _keys.CurrentAsync(cancellation)).Id;

    /// <summary>Throws <see cref="SettingsException"/> if a key is invalid; the message does not show the key.</summary>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        foreach (NamedKey key in await _keys.AllAsync(cancellation))
            _ = BytesOf(key);
    }

    private static byte[] Open(NamedKey key, string purpose, ReadOnlySpan<byte> box)
    {
        byte[] plain = new byte[box.Length - NonceBytes - TagBytes];
        using AesGcm cipher = new(BytesOf(key), TagBytes);
        cipher.Decrypt(
            box[..NonceBytes], box[(NonceBytes + TagBytes)..], box.Slice(NonceBytes, TagBytes), plain, Purpose(purpose));
        return plain;
    }

    private static string? IdOf(ReadOnlyMemory<byte> box) =>
        box.Span[0] == Format ? Convert.ToHexStringLower(box.Span.Slice(1, NamedKey.IdBytes)) : null;

    private static byte[] BytesOf(NamedKey key)
    {
        byte[] bytes = new byte[KeyBytes];
        return Convert.TryFromBase64String(key.Text, bytes, out int length) && length == KeyBytes
            ? bytes
            : throw new SettingsException(
                "CoinPay__SecretsKey and its previous key must each be base64 of 32 random bytes: openssl rand -base64 32");
    }

    private static byte[] Purpose(string purpose) => Encoding.UTF8.GetBytes(purpose);
}
