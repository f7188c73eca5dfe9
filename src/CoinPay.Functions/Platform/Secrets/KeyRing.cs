using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>A key with a short id, which can be stored next to anything made with the key.</summary>
internal sealed record NamedKey(string Id, string Text)
{
    public const int IdBytes = 4;

    /// <summary>Derives the id from the key's text, so that all processes agree on it; the id does not reveal the key.</summary>
    public static NamedKey Of(string text) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("CoinPay key id\n" + text)).AsSpan(0, IdBytes)), text);
}

/// <summary>
/// A secret that can be rotated: the current key and, as long as anything made with it is left, the previous one under
/// <c>…:Previous</c>.
/// </summary>
internal sealed class KeyRing(ISecrets secrets, string name)
{
    /// <summary>Returns the key for anything new.</summary>
    public async ValueTask<NamedKey> CurrentAsync(CancellationToken cancellation) =>
        NamedKey.Of(await secrets.GetAsync(name, cancellation));

    public async ValueTask<NamedKey?> FindPreviousAsync(CancellationToken cancellation) =>
        await secrets.FindAsync(SecretName.PreviousOf(name), cancellation) is { } previous ? NamedKey.Of(previous) : null;

    /// <summary>Returns both keys, the current one first.</summary>
    public async ValueTask<IReadOnlyList<NamedKey>> AllAsync(CancellationToken cancellation)
    {
        NamedKey current = await CurrentAsync(cancellation);
        return await FindPreviousAsync(cancellation) is { } previous ? [current, previous] : [current];
    }

    /// <summary>
    /// Returns the key with this id, or null. If the id is unknown, reads the secrets again before returning null, because
    /// another process may have seen a rotation first.
    /// </summary>
    public async ValueTask<NamedKey?> FindAsync(string id, CancellationToken cancellation)
    {
        if ((await AllAsync(cancellation)).FirstOrDefault(key => key.Id == id) is { } known)
            return known;
        secrets.Forget(name);
        secrets.Forget(SecretName.PreviousOf(name));
        return (await AllAsync(cancellation)).FirstOrDefault(key => key.Id == id);
    }
}
