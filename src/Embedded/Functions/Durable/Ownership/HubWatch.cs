using Microsoft.Extensions.Hosting;

namespace CoinPay.Embedded.Durable.Ownership;

/// <summary>Ends a process that has lost the hub; its supervisor starts it again, and it stands by.</summary>
internal sealed class HubWatch(HubOwnership ownership, IHostApplicationLifetime life) : IHostedService
{
    private CancellationTokenRegistration _watch;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watch = ownership.Lost.Register(() =>
        {
            Environment.ExitCode = 1;
            life.StopApplication();
        });
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await _watch.DisposeAsync();
}
