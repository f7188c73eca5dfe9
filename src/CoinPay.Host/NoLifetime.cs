using CoinPay.Host.Life;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Host;

/// <summary>For hosts within this process: only <see cref="HostProgram"/> handles signals.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
