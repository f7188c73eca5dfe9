using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.App;

/// <summary>One life: three activities, two timers, two events. The custom status names the event that is waited for.</summary>
public static class Life
{
    public const string Result = "first go second stop third";

    [Function(nameof(Life))]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        Done first = await context.CallActivityAsync<Done>(nameof(Step), "first");
        string early = await SleepAsync(context);
        context.SetCustomStatus("Go");
        string go = await context.WaitForExternalEvent<string>("Go");
        Done second = await context.CallActivityAsync<Done>(nameof(Step), "second");
        early += await SleepAsync(context);
        context.SetCustomStatus("Stop");
        string stop = await context.WaitForExternalEvent<string>("Stop");
        Done third = await context.CallActivityAsync<Done>(nameof(Step), "third");
        return $"{first.Step} {go} {second.Step} {stop} {third.Step}{early}";
    }

    private static async Task<string> SleepAsync(TaskOrchestrationContext context)
    {
        DateTime due = context.CurrentUtcDateTime.AddMilliseconds(400);
        await context.CreateTimer(due, CancellationToken.None);
        return context.CurrentUtcDateTime < due ? " and a timer fired early" : "";
    }
}
