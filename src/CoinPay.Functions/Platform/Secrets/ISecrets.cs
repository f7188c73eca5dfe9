using CoinPay.Chains;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>Where secrets come from: configuration on a development machine, Key Vault in Azure.</summary>
internal interface ISecrets
{
    /// <summary>The secret's text, or null where there is none. Names are those of <see cref="SecretName"/>.</summary>
    ValueTask<string?> FindAsync(string name, CancellationToken cancellation);

    /// <summary>What is remembered of a secret did not fit: the next look-up reads it anew.</summary>
    void Forget(string name);
}

/// <summary>The names of the secrets, as configuration writes them.</summary>
internal static class SecretName
{
    /// <summary>The bearer key of operators.</summary>
    public const string OperatorKey = "CoinPay:OperatorKey";

    /// <summary>
    /// The HMAC key under which API keys are stored: without it a copy of the tables verifies no key.
    /// </summary>
    public const string KeyPepper = "CoinPay:KeyPepper";

    /// <summary>Base64 of the 32-byte AES-256-GCM key for secrets at rest.</summary>
    public const string SecretsKey = "CoinPay:SecretsKey";

    /// <summary>
    /// Hex private key of the wallet that pays the gas of sweeps. Optional; never holds merchants' money.
    /// </summary>
    public const string GasWalletKey = "CoinPay:GasWalletKey";

    /// <summary>What a key was before its rotation; optional.</summary>
    public static string PreviousOf(string name) => name + ":Previous";

    /// <summary>A node's credentials: <paramref name="part"/> is <c>User</c> or <c>Password</c>.</summary>
    public static string OfNetwork(string network, string part) =>
        $"CoinPay:Networks:{network.Replace('-', '_')}:{part}";
}

internal static class SecretReading
{
    /// <summary>The secret, or an exception that names what is missing (and never shows a value).</summary>
    public static async ValueTask<string> GetAsync(
        this ISecrets secrets, string name, CancellationToken cancellation) =>
        await secrets.FindAsync(name, cancellation)
        ?? throw new SettingsException(
            $"The secret {name} is not set: as {name.Replace(":", "__", StringComparison.Ordinal)} "
            + $"in the environment, or as {KeyVaultSecrets.VaultName(name)} in Key Vault.");
}
