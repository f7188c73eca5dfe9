namespace CoinPay.Embedded.Durable;

/// <summary>Calls back with a name when its instant has come, never before it, on one timer for all. A name has one instant at most.</summary>
internal sealed class AlarmClock : IDisposable
{
    /// <summary>Timers of the system reach some 49 days; a later alarm is looked at again on the way.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly SortedSet<(DateTimeOffset At, string Name)> _order = new(Comparer<(DateTimeOffset At, string Name)>.Create(
        (one, other) => one.At == other.At ? string.CompareOrdinal(one.Name, other.Name) : one.At.CompareTo(other.At)));

    private readonly TimeProvider _time;
    private readonly Action<string> _ring;
    private readonly ITimer _timer;

    public AlarmClock(TimeProvider time, Action<string> ring)
    {
        _time = time;
        _ring = ring;
        _timer = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>In place of what was set under that name; null for never.</summary>
    public void Set(string name, DateTimeOffset? due)
    {
        lock (_gate)
        {
            if (_due.Remove(name, out DateTimeOffset before))
                _order.Remove((before, name));
            if (due is not { } at)
                return;
            _due.Add(name, at);
            _order.Add((at, name));
            if (_order.Min.Name == name)
                Sleep(at);
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Under the lock, so that two rings at once keep the order of their alarms.</summary>
    private void Ring()
    {
        List<string> due = [];
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            while (_order.Count > 0 && _order.Min is var first && first.At <= now)
            {
                _order.Remove(first);
                _due.Remove(first.Name);
                due.Add(first.Name);
            }
            if (_order.Count > 0)
                Sleep(_order.Min.At);
        }
        foreach (string name in due)
            _ring(name);
    }

    /// <summary>Rounded up to a millisecond: a timer's own resolution must not wake it early for nothing.</summary>
    private void Sleep(DateTimeOffset until)
    {
        TimeSpan left = until - _time.GetUtcNow();
        TimeSpan sleep = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, left.TotalMilliseconds)));
        _timer.Change(sleep < LongestSleep ? sleep : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
