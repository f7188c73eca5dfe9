using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>
/// Secrets from Azure Key Vault, each cached for <see cref="Memory"/>, so that a rotated secret takes effect without a
/// restart and a vault that is briefly unreachable does not stop the gateway. Names have <c>--</c> for <c>:</c> and
/// <c>-</c> for <c>_</c>, because vault names can contain only letters, digits and dashes.
/// Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
/// </summary>
internal sealed class KeyVaultSecrets(SecretClient client, TimeProvider clock, ILogger<KeyVaultSecrets> log) : ISecrets
{
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    /// <summary>How long other callers get the cached value while one caller reads it again, or after the vault failed.</summary>
    public static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longer than outages last. A gateway that cannot read its secrets for this long must stop using them.
    /// </summary>
    public static readonly TimeSpan LongestWithoutVault = TimeSpan.FromHours(24);

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>The client's options: a call that needs a secret waits a few seconds at most, including retries.</summary>
    public static SecretClientOptions Options => new()
    {
        Retry = { Mode = RetryMode.Exponential, MaxRetries = 2, Delay = FirstRetry, NetworkTimeout = CallLimit },
    };

    public static string VaultName(string name) =>
        name.Replace(":", "--", StringComparison.Ordinal).Replace('_', '-');

    public async ValueTask<string?> FindAsync(string name, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Known? known = _known.GetValueOrDefault(name);
        if (known is not null && now < known.AskAt)
            return known.Value;
        if (known is not null)
            _known[name] = known with { AskAt = now + AskAgainAfter };
        try
        {
            string? value = await ReadAsync(VaultName(name), cancellation);
            _known[name] = new(value, now, now + Memory);
            return value;
        }
        // The client throws an AggregateException if none of its attempts reached the vault.
        catch (Exception away) when (away is RequestFailedException or AuthenticationFailedException or AggregateException
            && known is not null && now - known.ReadAt < LongestWithoutVault)
        {
            log.LogWarning("Cannot read {Name} from Key Vault ({Reason}); using the value from {ReadAt}", name, Reason(away), known.ReadAt);
            return known.Value;
        }
    }

    public void Forget(string name)
    {
        // The value is kept in case the vault is unreachable.
        if (_known.TryGetValue(name, out Known? known))
            _known[name] = known with { AskAt = DateTimeOffset.MinValue };
    }

    private static string Reason(Exception away) =>
        away is RequestFailedException { Status: > 0 and int status } ? $"HTTP {status}" : away.GetType().Name;

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

    private sealed record Known(string? Value, DateTimeOffset ReadAt, DateTimeOffset AskAt);
}
