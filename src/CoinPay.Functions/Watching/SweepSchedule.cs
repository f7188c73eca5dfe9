namespace CoinPay.Functions.Watching;

/// <summary>
/// When balances are due: at each watch's <see cref="Watch.SweepAt"/> and every 24 hours after it. Kept by the minute of
/// the day, so that a poll looks at those of its own minutes alone and the day's work is spread as the invoices were.
/// Nothing is remembered of what was swept: the cursor says since when.
/// </summary>
internal sealed class SweepSchedule
{
    private const int MinutesPerDay = 24 * 60;
    private readonly List<Watch>?[] _byMinute = new List<Watch>?[MinutesPerDay];

    public void Add(Watch watch)
    {
        if (watch.SweepAt is { } at)
            (_byMinute[MinuteOf(at)] ??= []).Add(watch);
    }

    /// <summary>Watches with such an instant in <c>[after, before)</c>, whose time is not over by then.</summary>
    public IEnumerable<Watch> Due(DateTimeOffset after, DateTimeOffset before)
    {
        bool isWholeDay = before - after >= TimeSpan.FromDays(1);
        int minutes = isWholeDay ? MinutesPerDay : (int)Math.Ceiling((before - after).TotalMinutes) + 1;
        return Enumerable.Range(MinuteOf(after), Math.Min(minutes, MinutesPerDay))
            .SelectMany(minute => _byMinute[minute % MinutesPerDay] ?? [])
            .Where(watch => watch.MonitorUntil > after && IsDue(watch.SweepAt!.Value, after, before));
    }

    private static bool IsDue(DateTimeOffset first, DateTimeOffset after, DateTimeOffset before)
    {
        double days = Math.Ceiling((after - first).TotalDays);
        DateTimeOffset next = days > 0 ? first.AddDays(days) : first;
        return next < before;
    }

    private static int MinuteOf(DateTimeOffset at) => (int)at.UtcDateTime.TimeOfDay.TotalMinutes;
}
