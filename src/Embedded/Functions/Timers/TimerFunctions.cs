using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;

namespace CoinPay.Embedded.Timers;

/// <summary>Runs the timer functions, each by its own clockwork. A schedule that cannot be read fails the start.</summary>
internal sealed class TimerFunctions(
    FunctionCatalog catalog, FunctionInvoker invoker, SettingText text, HostSettings settings, ScheduleMonitor monitor, TimeProvider time)
    : BackgroundService
{
    private IReadOnlyList<TimerListener> _listeners = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listeners = [.. catalog.TriggeredBy<TimerTriggerAttribute>().Select(timer => Listener(timer.Function, timer.Trigger))];
        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_listeners.Select(listener => listener.RunAsync(stoppingToken)));

    private TimerListener Listener(FunctionDescriptor function, TimerTriggerAttribute trigger)
    {
        Schedule schedule = Schedule.Parse(text.Resolve(trigger.Schedule, function.Name));
        bool monitored = trigger.UseMonitor && !schedule.IsUnderAMinute(time.GetUtcNow());
        return new(
            function, trigger.RunOnStartup, schedule, monitored ? monitor : null, invoker, settings.FunctionTimeout, time);
    }
}
