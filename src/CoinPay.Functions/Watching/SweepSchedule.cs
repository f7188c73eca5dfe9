namespace CoinPay.Functions.Watching;

/// <summary>
/// When balance checks are due: at each watch's <see cref="Watch.SweepAt"/> and every 24 hours after it. Indexed by the
/// minute of the day, so that a poll checks only its own minutes and the work is spread over the day like the invoices.
/// Does not record what was swept: the cursor has the time of the last sweep. Also knows when prices expire.
/// </summary>
internal sealed class SweepSchedule
{
    private const int MinutesPerDay = 24 * 60;
    private readonly List<Watch>?[] _byMinute = new List<Watch>?[MinutesPerDay];
    private readonly List<Watch>?[] _byExpiry = new List<Watch>?[MinutesPerDay];

    public void Add(Watch watch)
    {
        if (watch.SweepAt is { } at)
            (_byMinute[MinuteOf(at)] ??= []).Add(watch);
        if (watch.ExpiresAt is { } expiry)
            (_byExpiry[MinuteOf(expiry)] ??= []).Add(watch);
    }

    /// <summary>Returns the watches that are due in <c>[after, before)</c> and still monitored after its start.</summary>
    public IEnumerable<Watch> Due(DateTimeOffset after, DateTimeOffset before) =>
        In(_byMinute, after, before).Where(watch => watch.MonitorUntil > after && IsDue(watch.SweepAt!.Value, after, before));

    /// <summary>Returns the watches whose price expires in <c>[after, before)</c>.</summary>
    public IEnumerable<Watch> Expired(DateTimeOffset after, DateTimeOffset before) =>
        In(_byExpiry, after, before).Where(watch => watch.ExpiresAt >= after && watch.ExpiresAt < before);

    private static IEnumerable<Watch> In(List<Watch>?[] minutes, DateTimeOffset after, DateTimeOffset before)
    {
        bool isWholeDay = before - after >= TimeSpan.FromDays(1);
        int count = isWholeDay ? MinutesPerDay : (int)Math.Ceiling((before - after).TotalMinutes) + 1;
        return Enumerable.Range(MinuteOf(after), Math.Min(count, MinutesPerDay)).SelectMany(minute => minutes[minute % MinutesPerDay] ?? []);
    }

    private static bool IsDue(DateTimeOffset first, DateTimeOffset after, DateTimeOffset before)
    {
        double days = Math.Ceiling((after - first).TotalDays);
        DateTimeOffset next = days > 0 ? first.AddDays(days) : first;
        return next < before;
    }

    private static int MinuteOf(DateTimeOffset at) => (int)at.UtcDateTime.TimeOfDay.TotalMinutes;
}
