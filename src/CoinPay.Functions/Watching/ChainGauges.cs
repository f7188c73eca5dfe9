using System.Diagnostics.Metrics;
using CoinPay.Functions.Platform.Telemetry;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Functions.Watching;

/// <summary>
/// Gauges for the networks' progress, read from memory without any requests. A process that does not poll reports the stored cursors,
/// which it reads every minute: its own pollers would lag for ever while another process polls.
/// </summary>
internal sealed class ChainGauges(Pollers pollers, TimeProvider clock) : IHostedService, IDisposable
{
    /// <summary>A meter separate from <see cref="GatewayMeter"/>, with the same name, that is disposed with its host.</summary>
    private readonly Meter _meter = new(GatewayMeter.Name);

    private static readonly TimeSpan FollowInterval = TimeSpan.FromMinutes(1);
    private readonly CancellationTokenSource _stopped = new();

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
        _ = FollowAsync(_stopped.Token);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopped.CancelAsync();

    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
        _meter.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        using PeriodicTimer timer = new(FollowInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                foreach (NetworkPoller poller in pollers.All)
                    await FollowAsync(poller, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private static async Task FollowAsync(NetworkPoller poller, CancellationToken cancellation)
    {
        try
        {
            await poller.FollowAsync(cancellation);
        }
        catch (Azure.RequestFailedException)
        {
            // While storage cannot be read the lag grows, as it should, and the next minute asks again.
        }
    }

    /// <summary>On a network that should have finality, a node that knows no finalized block is as far behind as the chain is long.</summary>
    private static long? FinalityLag(NetworkPoller poller)
    {
        if (poller.Progress.Head is not { } head)
            return null;
        long? finalized = head.Finalized ?? (poller.Network.FinalityLag is null ? null : 0);
        return head.Height - finalized;
    }

    private IEnumerable<Measurement<T>> OfEach<T>(Func<NetworkPoller, T?> read)
        where T : struct =>
        from poller in pollers.All
        let value = read(poller)
        where value is not null
        select new Measurement<T>(value.Value, new KeyValuePair<string, object?>("network", poller.Network.Name));
}
