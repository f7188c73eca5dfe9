using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>
/// Secrets from configuration: environment variables such as <c>CoinPay__OperatorKey</c>. For development machines.
/// </summary>
internal sealed class ConfigurationSecrets(IConfiguration configuration) : ISecrets
{
    public ValueTask<string?> FindAsync(string name, CancellationToken cancellation) =>
        ValueTask.FromResult(configuration[name] is { Length: > 0 } value ? value : null);

    public void Forget(string name)
    {
        // Nothing is cached: a process keeps the environment that it started with.
    }
}
