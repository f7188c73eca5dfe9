using System.Collections.Concurrent;
using CoinPay.Chains;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Watching;

/// <summary>One poller per network, kept between polls, with its last failure.</summary>
internal sealed class Pollers(
    ChainDirectory chains, WatchStore watches, ViewStore views, CursorStore cursors, TimeProvider clock, ILoggerFactory logs)
{
    private readonly IReadOnlyList<NetworkPoller> _all = chains.Chains
        .Select(chain => new NetworkPoller(chain, watches, views, cursors, clock, logs.CreateLogger<NetworkPoller>()))
        .ToList();

    private readonly ConcurrentDictionary<string, DateTimeOffset> _polledAt = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);

    public IReadOnlyList<NetworkPoller> All => _all;

    /// <summary>Returns the pollers whose interval has passed.</summary>
    public IEnumerable<NetworkPoller> DueAt(DateTimeOffset now)
    {
        foreach (NetworkPoller poller in _all)
        {
            // Timer ticks are not exact: a poll that would be due just after this tick is due now.
            TimeSpan interval = poller.Network.PollInterval * 0.9;
            if (_polledAt.TryGetValue(poller.Network.Name, out DateTimeOffset last) && now - last < interval)
                continue;
            _polledAt[poller.Network.Name] = now;
            yield return poller;
        }
    }

    /// <summary>Records that a network could not be read, and logs it once until the reason changes.</summary>
    public void Failed(string network, string reason, ILogger log)
    {
        if (_failures.TryGetValue(network, out string? before) && before == reason)
            return;
        _failures[network] = reason;
        log.LogWarning("Cannot read {Network}: {Reason}", network, reason);
    }

    public void Answered(string network, ILogger log)
    {
        if (_failures.TryRemove(network, out _))
            log.LogInformation("{Network} can be read again", network);
    }
}
