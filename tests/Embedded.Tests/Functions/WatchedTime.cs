using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Virtual time that knows who waits: a test moves it when the code under test has come to rest, not after a while.</summary>
internal sealed class WatchedTime() : FakeTimeProvider(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero))
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();

    /// <summary>How long each wait was to be, in the order in which they were begun.</summary>
    public IReadOnlyList<TimeSpan> Waits => [.. _waits];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Moves time and waits until somebody waits anew.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        int before = _waits.Count;
        Advance(time);
        await Eventually.UntilAsync(() => _waits.Count > before);
    }

    /// <summary>Moves time step by step, each once somebody waits anew, until it has come to that.</summary>
    public async Task PassUntilAsync(TimeSpan step, Func<bool> reached)
    {
        int before = 0;
        await Eventually.UntilAsync(() =>
        {
            if (!reached() && _waits.Count > before)
            {
                before = _waits.Count;
                Advance(step);
            }
            return reached();
        });
    }
}
