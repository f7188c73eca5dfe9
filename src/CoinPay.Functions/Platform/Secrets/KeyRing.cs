using System.Security.Cryptography;
using System.Text;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>A key with a short name of its own, which may stand beside what was made with it.</summary>
internal sealed record NamedKey(string Id, string Text)
{
    public const int IdBytes = 4;

    /// <summary>The id is of the key's text, so that processes agree on it; it tells two keys apart and gives neither away.</summary>
    public static NamedKey Of(string text) => new(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("CoinPay key id\n" + text)).AsSpan(0, IdBytes)), text);
}

/// <summary>
/// A secret that is rotated: the current one, and the one before it under <c>…:Previous</c> for as long as something is left
/// that was made with it.
/// </summary>
internal sealed class KeyRing(ISecrets secrets, string name)
{
    /// <summary>What new things are made with.</summary>
    public async ValueTask<NamedKey> CurrentAsync(CancellationToken cancellation) =>
        NamedKey.Of(await secrets.GetAsync(name, cancellation));

    public async ValueTask<NamedKey?> FindPreviousAsync(CancellationToken cancellation) =>
        await secrets.FindAsync(SecretName.PreviousOf(name), cancellation) is { } previous ? NamedKey.Of(previous) : null;

    /// <summary>The current one first.</summary>
    public async ValueTask<IReadOnlyList<NamedKey>> AllAsync(CancellationToken cancellation)
    {
        NamedKey current = await CurrentAsync(cancellation);
        return await FindPreviousAsync(cancellation) is { } previous ? [current, previous] : [current];
    }

    /// <summary>
    /// The key of this id, or null. One that is not known may be newer than what this process remembers: another has heard
    /// of a rotation first. So the secrets are read anew before the answer is no.
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
