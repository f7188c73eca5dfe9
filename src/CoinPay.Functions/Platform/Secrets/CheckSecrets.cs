using CoinPay.Chains;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Platform.Secrets;

/// <summary>Fails at startup, not at the first call, if a secret that every call needs is missing.</summary>
internal sealed class CheckSecrets(ISecrets secrets, SecretBox box) : IHostedService
{
    private const int MinLength = 16;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (string name in new[] { SecretName.OperatorKey, SecretName.KeyPepper })
            if ((await secrets.GetAsync(name, cancellationToken)).Length < MinLength)
                throw new SettingsException(
                    $"{name} must have at least {MinLength} characters: openssl rand -base64 32");
        await box.CheckAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
