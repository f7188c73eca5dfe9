using System.Diagnostics.Metrics;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Invoices;

/// <summary>Reports the age of the oldest unpublished change from the sweeper's memory, so reading it costs no request.</summary>
internal sealed class OutboxGauge(SweepProgress sweeps) : IHostedService, IDisposable
{
    /// <summary>Has the same name as <see cref="GatewayMeter"/>, but is disposed with its host.</summary>
    private readonly Meter _meter = new(GatewayMeter.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge(
            "coinpay.outbox.age", Age, "s", "Age of the oldest unprocessed or unpublished change at the last sweep");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<double>> Age() => sweeps.OldestWaiting is { } age ? [new(age.TotalSeconds)] : [];
}
