using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Host.TestApp;

/// <summary>Timer functions: each writes whether the run is late and what the last was; their settings are schedules.</summary>
public sealed class Timers(Diary diary)
{
    [Function("Often")]
    public Task Often([TimerTrigger("%Often%")] TimerInfo timer) => WriteAsync("often", timer);

    [Function("Seldom")]
    public Task Seldom([TimerTrigger("%Seldom%")] TimerInfo timer) => WriteAsync("seldom", timer);

    [Function("Never")]
    public Task Never([TimerTrigger("%Seldom%")] TimerInfo timer) => WriteAsync("never", timer);

    [Function("AtStart")]
    public Task AtStart([TimerTrigger("%Seldom%", RunOnStartup = true, UseMonitor = false)] TimerInfo timer) => WriteAsync("at-start", timer);

    private Task WriteAsync(string topic, TimerInfo timer) =>
        diary.WriteAsync(topic, $"late {timer.IsPastDue} last {timer.ScheduleStatus?.Last:yyyy-MM-dd}");
}
