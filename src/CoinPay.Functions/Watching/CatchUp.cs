namespace CoinPay.Functions.Watching;

/// <summary>
/// How much is read at once when many blocks are to be read: few enough that a step takes seconds whatever the blocks
/// hold, and no longer in one poll than leaves time to store and to wake. A poll that is stopped from outside would lose
/// what it read and begin anew for ever.
/// </summary>
internal sealed class CatchUp(TimeProvider clock)
{
    /// <summary>A poll that has used this much time stores what it has and leaves the rest to the next.</summary>
    public static readonly TimeSpan TimeBudget = TimeSpan.FromSeconds(10);

    private const int MaxBlocks = 200;
    private const int FirstBlocks = 8;
    private const int Shrink = 4;
    private static readonly TimeSpan ShortStep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongStep = TimeSpan.FromSeconds(3);
    private long _pollBegan;
    private long? _stepBegan;
    private long? _from;

    /// <summary>Blocks to read in the next step.</summary>
    public int Blocks { get; private set; } = FirstBlocks;

    public bool IsOutOfTime => clock.GetElapsedTime(_pollBegan) >= TimeBudget;

    public void BeginPoll() => _pollBegan = clock.GetTimestamp();

    public void BeginStep()
    {
        // The last one was stopped before its end: for all that is known it was too long.
        if (_stepBegan is not null)
            Blocks = Math.Max(1, Blocks / Shrink);
        _stepBegan = clock.GetTimestamp();
    }

    /// <summary>Learns from the step that has ended how many blocks the next may have.</summary>
    public void EndStep(long read)
    {
        TimeSpan took = clock.GetElapsedTime(_stepBegan!.Value);
        _stepBegan = null;
        Blocks = took > LongStep ? Math.Max(1, Blocks / 2)
            : took < ShortStep && read >= Blocks ? Math.Min(MaxBlocks, Blocks * 2)
            : Blocks;
    }

    /// <summary>
    /// How many blocks of how many have been read since the poller fell behind; null for a poll that is not behind by
    /// more than a step, nor was.
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
