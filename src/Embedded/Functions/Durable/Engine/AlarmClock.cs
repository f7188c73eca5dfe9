namespace CoinPay.Embedded.Durable;

/// <summary>Calls back with a name when its instant has come, never before it, on one timer for all. A name has one instant at most.</summary>
internal sealed class AlarmClock : IDisposable
{
    /// <summary>Timers of the system reach some 49 days; a later alarm is looked at again on the way.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    /// <summary>How many overtaken entries the queue may hold for each valid one.</summary>
    private const int MaxOvertaken = 2;
    private const int FewEntries = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _due = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, DateTimeOffset> _queue = new();
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
            if (due is not { } at)
            {
                _due.Remove(name);
                return;
            }
            if (_due.TryGetValue(name, out DateTimeOffset before) && before == at)
                return;
            _due[name] = at;
            _queue.Enqueue(name, at);
            if (_queue.Count > FewEntries && _queue.Count > (1 + MaxOvertaken) * _due.Count)
                Tidy();
            if (_queue.TryPeek(out _, out DateTimeOffset first) && first >= at)
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
            while (_queue.TryPeek(out string? name, out DateTimeOffset at) && at <= now)
            {
                _queue.Dequeue();
                if (_due.TryGetValue(name, out DateTimeOffset valid) && valid == at && _due.Remove(name))
                    due.Add(name);
            }
            if (_queue.TryPeek(out _, out DateTimeOffset next))
                Sleep(next);
        }
        foreach (string name in due)
            _ring(name);
    }

    private void Tidy()
    {
        _queue.Clear();
        _queue.EnqueueRange(_due.Select(alarm => (alarm.Key, alarm.Value)));
    }

    /// <summary>Rounded up to a millisecond: a timer's own resolution must not wake it early for nothing.</summary>
    private void Sleep(DateTimeOffset until)
    {
        TimeSpan left = until - _time.GetUtcNow();
        TimeSpan sleep = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, left.TotalMilliseconds)));
        _timer.Change(sleep < LongestSleep ? sleep : LongestSleep, Timeout.InfiniteTimeSpan);
    }
}
