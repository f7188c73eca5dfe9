using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Embedded.Timers;

/// <summary>Runs the timer functions, each by its own clockwork and never twice at once.</summary>
internal sealed class TimerFunctions(
    FunctionCatalog catalog, FunctionInvoker invoker, SettingText text, HostSettings settings, TimeProvider time)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(catalog
        .TriggeredBy<TimerTriggerAttribute>()
        .Select(timer => RunAsync(timer.Function, timer.Trigger, Schedule.Parse(text.Resolve(timer.Trigger.Schedule)), stoppingToken)));

    private async Task RunAsync(FunctionDescriptor function, TimerTriggerAttribute trigger, Schedule schedule, CancellationToken stopping)
    {
        await Task.Yield();
        DateTimeOffset now = time.GetUtcNow();
        ScheduleStatus? status = trigger.UseMonitor && !schedule.IsUnderAMinute(now) ? new() : null;
        DateTimeOffset? due = trigger.RunOnStartup ? now : schedule.Next(now);
        while (due is { } at)
        {
            if (at > time.GetUtcNow() && !await WaitAsync(at - time.GetUtcNow(), stopping))
                return;
            DateTimeOffset begun = time.GetUtcNow();
            await InvokeAsync(function, new() { ScheduleStatus = status }, stopping);
            // A delay may end a moment early: the occurrence that has just run must not come again.
            due = schedule.Next(begun > at ? begun : at);
            if (status is not null)
                status = new() { Last = begun.UtcDateTime, Next = due?.UtcDateTime ?? default, LastUpdated = begun.UtcDateTime };
            if (stopping.IsCancellationRequested)
                return;
        }
    }

    private async Task InvokeAsync(FunctionDescriptor function, TimerInfo info, CancellationToken stopping)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(settings.FunctionTimeout);
        try
        {
            await invoker.InvokeAsync(new(function, limit.Token) { TriggerValue = info });
        }
        catch (Exception)
        {
            // Logged by the invoker; a timer's failure is over with its run.
        }
    }

    /// <summary>False if the host stops first.</summary>
    private async Task<bool> WaitAsync(TimeSpan delay, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(delay, time, stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
