
namespace CoinPay.Simulation.Runtime;

/// <summary>A clock that only the simulation moves. Timers fire in order, on the thread that moves it.</summary>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(Alarm Alarm, int Setting), (long Due, long Order)> _alarms = new();
    private long _now = start.UtcTicks;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(_now, TimeSpan.Zero);

    public override long GetTimestamp() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    /// <summary>Advances the clock without firing timers, which wait for <see cref="Ring"/>.</summary>
    public void Pass(TimeSpan moment) => _now += moment.Ticks;

    /// <summary>Moves to the next alarm due by then and fires it; if there is none, moves to that time and returns false.</summary>
    public bool Ring(DateTimeOffset until)
    {
        while (_alarms.TryPeek(out (Alarm Alarm, int Setting) next, out (long Due, long Order) at) && at.Due <= until.UtcTicks)
        {
            _alarms.Dequeue();
            if (next.Alarm.Setting != next.Setting)
                continue;
            _now = Math.Max(_now, at.Due);
            next.Alarm.Ring();
            return true;
        }
        _now = Math.Max(_now, until.UtcTicks);
        return false;
    }

    private sealed class Alarm(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        /// <summary>Every change has a number: of the alarms that stand in the queue only the last counts.</summary>
        public int Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Setting++;
            _period = period;
            if (dueTime >= TimeSpan.Zero)
                time._alarms.Enqueue((this, Setting), (time._now + dueTime.Ticks, time._order++));
            return true;
        }

        public void Ring()
        {
            Setting++;
            if (_period > TimeSpan.Zero)
                Change(_period, _period);
            callback(state);
        }

        public void Dispose() => Setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>The clock of one process: when the process dies, its timers die with it.</summary>
internal sealed class ProcessTime(VirtualTime time, Flow flow) : TimeProvider
{
    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(
            given =>
            {
                if (!flow.IsOver && !flow.IsPaused)
                    callback(given);
            },
            state,
            dueTime,
            period);
}
