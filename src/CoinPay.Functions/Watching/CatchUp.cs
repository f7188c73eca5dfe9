namespace CoinPay.Functions.Watching;

/// <summary>
/// Limits how much is read at once when many blocks are left to read: few enough blocks that a step takes seconds
/// regardless of their content, and a poll short enough to leave time for storing and waking. A poll that is stopped from
/// outside would lose what it read and start over forever.
/// </summary>
internal sealed class CatchUp(TimeProvider clock)
{
    /// <summary>A poll that has used this much time stores what it has read and leaves the rest to the next poll.</summary>
    public static readonly TimeSpan TimeBudget = TimeSpan.FromSeconds(10);

    private const int MaxBlocks = 200;
    private const int FirstBlocks = 8;
    private const int Shrink = 4;
    private static readonly TimeSpan ShortStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongStep = TimeSpan.FromSeconds(3);
    private long _pollBegan;
    private long? _stepBegan;
    private long? _from;

    /// <summary>The number of blocks to read in the next step.</summary>
    public int Blocks { get; private set; } = FirstBlocks;

    /// <summary>Whether the poll nears the limit at which it is stopped from outside.</summary>
    public bool IsFarOutOfTime => clock.GetElapsedTime(_pollBegan) >= 4 * TimeBudget;

    public bool IsOutOfTime => clock.GetElapsedTime(_pollBegan) >= TimeBudget;

    public void BeginPoll() => _pollBegan = clock.GetTimestamp();

    public void BeginStep()
    {
        // The last step was stopped before it ended, probably because it was too long.
        if (_stepBegan is not null)
            Blocks = Math.Max(1, Blocks / Shrink);
        _stepBegan = clock.GetTimestamp();
    }

    /// <summary>Adjusts the size of the next step to the duration of the one that ended.</summary>
    public void EndStep(long read)
    {
        TimeSpan took = clock.GetElapsedTime(_stepBegan!.Value);
        _stepBegan = null;
        Blocks = took > LongStep ? Math.Max(1, Blocks / 2)
            : took < ShortStep && read >= Blocks ? Math.Min(MaxBlocks, Blocks * 2)
            : Blocks;
    }

    /// <summary>
    /// Returns how many blocks, of how many, have been read since the poller fell behind; null if it is not catching up and
    /// at most one step behind.
    /// </summary>
    public (long Read, long All)? Progress(long began, long height, long head)
    {
        if (_from is null && head - began <= MaxBlocks)
            return null;
        long from = _from ??= began;
        if (height >= head)
            _from = null;
        return (height - from, head - from);
    }
}
