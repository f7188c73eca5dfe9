using System.Collections.Concurrent;
using CoinPay.Chains;

namespace CoinPay.Functions.Invoices;

/// <summary>Keeps the sweeper's progress in memory: after a restart, the sweeper looks at everything once.</summary>
internal sealed class SweepProgress
{
    private static readonly TimeSpan EndOfWatchInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMinutes(5);

    /// <summary>How far back a new process looks at the orchestrations of expired invoices: as long as nobody may have swept.</summary>
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(3);
    private readonly Dictionary<string, DateTimeOffset> _acknowledgedUntil = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _endedAt = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset At, DateTimeOffset Until)> _looked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TimeSpan> _waited = new(StringComparer.Ordinal);

    /// <summary>
    /// How long the oldest change on any network had waited to be processed and published at the last sweep. A change in an
    /// outbox counts until it is sent. Null before the first sweep.
    /// </summary>
    public TimeSpan? OldestWaiting => _waited.IsEmpty ? null : _waited.Values.Max();

    public void Waited(string network, DateTimeOffset now, DateTimeOffset? oldest) =>
        _waited[network] = oldest is { } since && since < now ? now - since : TimeSpan.Zero;

    /// <summary>Returns the instant before which every watch is known to be acknowledged.</summary>
    public DateTimeOffset? AcknowledgedUntil(string network) =>
        _acknowledgedUntil.TryGetValue(network, out DateTimeOffset until) ? until - WatchWindows.ReadAgain : null;

    public void Acknowledged(string network, DateTimeOffset until) => _acknowledgedUntil[network] = until;

    public bool IsEndOfWatchDue(string network, DateTimeOffset now)
    {
        if (_endedAt.TryGetValue(network, out DateTimeOffset last) && now - last < EndOfWatchInterval)
            return false;
        _endedAt[network] = now;
        return true;
    }

    /// <summary>Returns the expiry from which on orchestrations are to be looked at; null if that is not due yet.</summary>
    public DateTimeOffset? LookFrom(string network, DateTimeOffset now) =>
        !_looked.TryGetValue(network, out (DateTimeOffset At, DateTimeOffset Until) last) ? now - LookBack
        : now - last.At >= LookInterval ? last.Until
        : null;

    public void Looked(string network, DateTimeOffset now, DateTimeOffset until) => _looked[network] = (now, until);
}
