using CoinPay.Chains;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>Reads secrets: from configuration on a development machine, from Key Vault in Azure.</summary>
internal interface ISecrets
{
    /// <summary>Returns the secret's text, or null if there is none. <see cref="SecretName"/> has the names.</summary>
    ValueTask<string?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>Drops a cached secret that did not match, so that the next look-up reads it again.</summary>
    void Forget(string name);
}

/// <summary>The names of the secrets in configuration.</summary>
internal static class SecretName
{
    /// <summary>The bearer key of the operator without a name.</summary>
    public const string OperatorKey = "CoinPay:OperatorKey";

    /// <summary>
    /// The HMAC key for the stored hashes of API keys: without it, a copy of the tables cannot verify a key.
    /// </summary>
    public const string KeyPepper = "CoinPay:KeyPepper";

    /// <summary>Base64 of the 32-byte AES-256-GCM key for secrets at rest.</summary>
    public const string SecretsKey = "CoinPay:SecretsKey";

    /// <summary>
    /// Hex private key of the wallet that pays the gas for sweeps. Optional; never holds merchants' money.
    /// </summary>
    public const string GasWalletKey = "CoinPay:GasWalletKey";

    /// <summary>The bearer key of a named operator.</summary>
    public static string OfOperator(string name) => $"CoinPay:OperatorKeys:{name}";

    /// <summary>The key from before a rotation; optional.</summary>
    public static string PreviousOf(string name) => name + ":Previous";

    /// <summary>A node's credential; <paramref name="part"/> is <c>Url</c>, <c>Headers</c>, <c>User</c> or <c>Password</c>.</summary>
    public static string OfNetwork(string network, string part) =>
        $"CoinPay:Networks:{network.Replace('-', '_')}:{part}";
}

internal static class SecretReading
{
    /// <summary>Returns the secret, or throws an exception that names it (and never shows a value).</summary>
    public static async ValueTask<string> GetAsync(
        this ISecrets secrets, string name, CancellationToken cancellation) =>
        await secrets.FindAsync(name, cancellation)
        ?? throw new SettingsException(
            $"The secret {name} is not set: set {name.Replace(":", "__", StringComparison.Ordinal)} "
            + $"in the environment, or {KeyVaultSecrets.VaultName(name)} in Key Vault.");
}
