using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>Creates the tables before the first function runs.</summary>
internal sealed class CreateTables(Tables tables) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => tables.EnsureCreatedAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
