using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Embedded.Timers;

/// <summary>
/// Runs one timer function, never twice at once. With a monitor its status is stored after each run: a run that was due while no host
/// was up is made up for at start, once, with <see cref="TimerInfo.IsPastDue"/>.
/// </summary>
internal sealed class TimerListener(
    FunctionDescriptor function,
    bool runOnStartup,
    Schedule schedule,
    ScheduleMonitor? monitor,
    FunctionInvoker invoker,
    TimeSpan functionTimeout,
    TimeProvider time)
{
    /// <summary>Longer waits than a clock can be set to are waited in pieces.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private string Name => $"{function.Method.DeclaringType!.FullName}.{function.Method.Name}";

    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            DateTimeOffset began = time.GetUtcNow();
            ScheduleStatus status = await FirstStatusAsync(began, stopping);
            bool isPastDue = monitor is not null && status.Next != default && status.Next < began.UtcDateTime;
            DateTimeOffset? due = isPastDue || runOnStartup ? began : Instant(status.Next);
            while (due is { } at)
            {
                await WaitUntilAsync(at, stopping);
                DateTimeOffset ran = time.GetUtcNow();
                await InvokeAsync(new() { ScheduleStatus = monitor is null ? null : status, IsPastDue = isPastDue }, stopping);
                // A run that the stop cut short is not noted down: the next host makes up for it.
                stopping.ThrowIfCancellationRequested();
                // A delay may end a moment early: the occurrence that has just run must not come again.
                status = After(ran > at ? ran : at);
                if (monitor is not null)
                    await monitor.WriteAsync(Name, status, stopping);
                (due, isPastDue) = (Instant(status.Next), false);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    /// <summary>What is stored, with its next run by the schedule as it is now; a new status is stored at once.</summary>
    private async Task<ScheduleStatus> FirstStatusAsync(DateTimeOffset now, CancellationToken stopping)
    {
        ScheduleStatus? stored = monitor is null ? null : await monitor.ReadAsync(Name, stopping);
        if (stored is not null && stored.LastUpdated != default)
        {
            stored.Next = After(Instant(stored.LastUpdated)!.Value).Next;
            return stored;
        }
        ScheduleStatus first = new() { Next = After(now).Next, LastUpdated = now.UtcDateTime };
        if (monitor is not null)
            await monitor.WriteAsync(Name, first, stopping);
        return first;
    }

    private ScheduleStatus After(DateTimeOffset run) => new()
    {
        Last = run.UtcDateTime,
        Next = schedule.Next(run)?.UtcDateTime ?? default,
        LastUpdated = run.UtcDateTime,
    };

    private static DateTimeOffset? Instant(DateTime utc) =>
        utc == default ? null : new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    private async Task InvokeAsync(TimerInfo info, CancellationToken stopping)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(functionTimeout);
        try
        {
            await invoker.InvokeAsync(new(function, limit.Token) { TriggerValue = info });
        }
        catch (Exception)
        {
            // Logged by the invoker; a timer's failure is over with its run.
        }
    }

    private async Task WaitUntilAsync(DateTimeOffset at, CancellationToken stopping)
    {
        for (TimeSpan left; (left = at - time.GetUtcNow()) > TimeSpan.Zero;)
            await Task.Delay(left < LongestDelay ? left : LongestDelay, time, stopping);
    }
}
