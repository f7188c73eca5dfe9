using System.Diagnostics.Metrics;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Invoices;

/// <summary>How old the oldest change is that waits to be told, from what the sweeper holds in memory: looking costs no request.</summary>
internal sealed class OutboxGauge(SweepProgress sweeps) : IHostedService, IDisposable
{
    /// <summary>Beside <see cref="GatewayMeter"/>, under the same name: this one ends with its host.</summary>
    private readonly Meter _meter = new(GatewayMeter.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge(
            "coinpay.outbox.age", Age, "s", "How long the oldest change had waited to be taken up and told when the last sweep looked");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Age() => sweeps.OldestWaiting is { } age ? [new(age.TotalSeconds)] : [];
}
