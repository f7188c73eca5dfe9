using System.Security.Cryptography;
using System.Text;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;

namespace CoinPay.Functions.Access;

/// <summary>
/// Who operates the gateway: each person or program under its own name and key (<c>CoinPay:OperatorNames</c>), and the unnamed
/// operator with <c>CoinPay:OperatorKey</c>, which can be left unset once there are names.
/// </summary>
internal sealed class Operators(ISecrets secrets, GatewaySettings settings)
{
    /// <summary>
    /// Returns the name of the operator with this key, or null. Keys are hashed and all of them compared, so that the time
    /// taken reveals neither a length, nor the first different character, nor whose key is similar.
    /// </summary>
    public async Task<string?> FindAsync(string key, CancellationToken cancellation)
    {
        byte[] given = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        string? found = null;
        foreach ((string name, string secret) in Keys())
            if (await secrets.FindAsync(secret, cancellation) is { Length: > 0 } known
                && CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(known))))
                found = name;
        return found;
    }

    private IEnumerable<(string Name, string Secret)> Keys() =>
        settings.OperatorNames.Select(name => (name, SecretName.OfOperator(name))).Append((Callers.Operator, SecretName.OperatorKey));
}
