using System.Collections.Concurrent;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Settings;

/// <summary>
/// Secrets from Azure Key Vault, each remembered for <see cref="Memory"/>, so that a rotated secret is taken up without
/// a restart and a vault that is briefly away does not stop the gateway. Names have <c>--</c> for <c>:</c> and <c>-</c>
/// for <c>_</c>, as vault names hold letters, digits and dashes only.
/// Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
/// </summary>
internal sealed class KeyVaultSecrets(SecretClient client, TimeProvider clock) : ISecrets
{
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, (string? Value, DateTimeOffset ReadAt)> _known =
        new(StringComparer.Ordinal);

    public static string VaultName(string name) =>
        name.Replace(":", "--", StringComparison.Ordinal).Replace('_', '-');

    public async ValueTask<string?> FindAsync(string name, CancellationToken cancellation)
    {
        bool isKnown = _known.TryGetValue(name, out (string? Value, DateTimeOffset ReadAt) known);
        if (isKnown && clock.GetUtcNow() - known.ReadAt < Memory)
            return known.Value;
        try
        {
            string? value = await ReadAsync(VaultName(name), cancellation);
            _known[name] = (value, clock.GetUtcNow());
            return value;
        }
        catch (RequestFailedException) when (isKnown)
        {
            // What was true minutes ago serves until the vault answers again.
            return known.Value;
        }
    }

    private async Task<string?> ReadAsync(string vaultName, CancellationToken cancellation)
    {
        try
        {
            KeyVaultSecret secret = await client.GetSecretAsync(vaultName, cancellationToken: cancellation);
            return secret.Value;
        }
        catch (RequestFailedException missing) when (missing.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
    }
}
