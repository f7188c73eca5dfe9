using System.Diagnostics.Metrics;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Gauges for the pollers' progress, read from their memory without any requests. Only the process that polls has values.
/// </summary>
internal sealed class ChainGauges(Pollers pollers, TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>A meter separate from <see cref="GatewayMeter"/>, with the same name, that is disposed with its host.</summary>
    private readonly Meter _meter = new(GatewayMeter.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge(
            "coinpay.chain.head", () => OfEach(poller => poller.Progress.Head?.Height), "{block}", "The node's head");
        _meter.CreateObservableGauge(
            "coinpay.chain.head_age", () => OfEach<double>(poller => (clock.GetUtcNow() - poller.Progress.Head?.Time)?.TotalSeconds), "s",
            "Time since the node's last block; when it is more than the network's max_head_age, nothing expires on the network");
        _meter.CreateObservableGauge(
            "coinpay.chain.lag", () => OfEach<double>(poller => (clock.GetUtcNow() - poller.Progress.CompletePollBeganAt).TotalSeconds), "s",
            "Time since the start of the last complete poll: grows while the node is down or behind, or the poller is catching up");
        _meter.CreateObservableGauge(
            "coinpay.chain.finality_lag", () => OfEach(FinalityLag), "{block}", "Blocks by which finality trails the head");
        _meter.CreateObservableGauge(
            "coinpay.address.gap", () => OfEach(poller => poller.LongestGap), "{address}",
            "The highest number of addresses that a wallet has given out since its last payment");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private static long? FinalityLag(NetworkPoller poller) =>
        poller.Progress.Head is { Finalized: { } finalized } head ? head.Height - finalized : null;

    private IEnumerable<Measurement<T>> OfEach<T>(Func<NetworkPoller, T?> read)
        where T : struct =>
        from poller in pollers.All
        let value = read(poller)
        where value is not null
        select new Measurement<T>(value.Value, new KeyValuePair<string, object?>("network", poller.Network.Name));
}
