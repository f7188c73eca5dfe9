using CoinPay.Chains;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>Fails at startup, not at the first call, if a secret that every call needs is missing.</summary>
internal sealed class CheckSecrets(ISecrets secrets, SecretBox box, GatewaySettings settings) : IHostedService
{
    private const int MinLength = 16;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RequireLongAsync(SecretName.KeyPepper, cancellationToken);
        HashSet<string> keys = new(StringComparer.Ordinal);
        foreach (string name in settings.OperatorNames.Select(SecretName.OfOperator).Append(SecretName.OperatorKey))
        {
            bool isOptional = name == SecretName.OperatorKey && settings.OperatorNames.Count > 0;
            if (isOptional && await secrets.FindAsync(name, cancellationToken) is null)
                continue;
            // Otherwise the audit log would name the wrong one.
            if (!keys.Add(await RequireLongAsync(name, cancellationToken)))
                throw new SettingsException($"{name} is another operator's key too: each needs its own.");
        }
        await box.CheckAsync(cancellationToken);
    }

    private async Task<string> RequireLongAsync(string name, CancellationToken cancellation)
    {
        string text = await secrets.GetAsync(name, cancellation);
        return text.Length >= MinLength
            ? text
            : throw new SettingsException($"{name} must have at least {MinLength} characters: openssl rand -base64 32");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
