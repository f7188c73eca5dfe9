namespace CoinPay.Embedded.Durable;

/// <summary>Calls back when an instant has come, never before it, on one timer for all. A callback only posts: it must not wait.</summary>
internal sealed class AlarmClock : IDisposable
{
    /// <summary>Timers of the system reach some 49 days; a later alarm is looked at again on the way.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly PriorityQueue<Action, DateTimeOffset> _alarms = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    public AlarmClock(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Set(DateTimeOffset due, Action ring)
    {
        lock (_gate)
        {
            _alarms.Enqueue(ring, due);
            if (_alarms.TryPeek(out _, out DateTimeOffset first) && first >= due)
                Sleep(due);
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Under the lock, so that two rings at once keep the order of their alarms.</summary>
    private void Ring()
    {
        lock (_gate)
        {
            DateTimeOffset now = _time.GetUtcNow();
            while (_alarms.TryPeek(out Action? ring, out DateTimeOffset at) && at <= now)
            {
                _alarms.Dequeue();
                ring();
            }
            if (_alarms.TryPeek(out _, out DateTimeOffset next))
                Sleep(next);
        }
    }

    /// <summary>Rounded up to a millisecond: a timer's own resolution must not wake it early for nothing.</summary>
    private void Sleep(DateTimeOffset until)
    {
        TimeSpan left = until - _time.GetUtcNow();
        TimeSpan sleep = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, left.TotalMilliseconds)));
        _timer.Change(sleep < LongestSleep ? sleep : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
