using Cronos;

namespace CoinPay.Embedded.Timers;

/// <summary>When a timer function is due: six-field NCRONTAB in UTC, or a period.</summary>
internal sealed class Schedule
{
    private readonly CronExpression? _cron;
    private readonly TimeSpan _period;

    private Schedule(CronExpression? cron, TimeSpan period)
    {
        _cron = cron;
        _period = period;
    }

    /// <summary>Five fields get seconds of zero; anything else must parse or is refused.</summary>
    public static Schedule Parse(string text)
    {
        if (TimeSpan.TryParse(text, out TimeSpan period))
            return period > TimeSpan.Zero ? new(null, period) : throw new FormatException($"'{text}' is no period.");
        int fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        return new(CronExpression.Parse(text, fields == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard), default);
    }

    /// <summary>The first time after this one; null if there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) =>
        _cron is null ? after + _period : _cron.GetNextOccurrence(after, TimeZoneInfo.Utc);

    /// <summary>Under a minute the real host keeps no schedule status.</summary>
    public bool IsUnderAMinute(DateTimeOffset now) =>
        Next(now) is { } first && Next(first) is { } second && second - first < TimeSpan.FromMinutes(1);
}
