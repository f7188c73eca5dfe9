using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Runs the function by a clock: six-field NCRONTAB in UTC (seconds first), a <see cref="TimeSpan"/> as text, or either behind
/// <c>%Setting%</c>. One run at a time.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    public string Schedule { get; private set; } = schedule;

    /// <summary>Keeps the schedule's state in storage, so that a run missed while the host was down is made up for; not below one minute.</summary>
    public bool UseMonitor { get; set; } = true;

    public bool RunOnStartup { get; set; }
}

/// <summary>What a timer function is told about its schedule.</summary>
public class TimerInfo
{
    /// <summary>Null for schedules under a minute and without a monitor.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    public bool IsPastDue { get; set; }
}

/// <summary>When a timer ran last and runs next, in UTC; <see cref="Last"/> is 0001-01-01 before the first run.</summary>
public class ScheduleStatus
{
    public DateTime Last { get; set; }

    public DateTime Next { get; set; }

    public DateTime LastUpdated { get; set; }
}
