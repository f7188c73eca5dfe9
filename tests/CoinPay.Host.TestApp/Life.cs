using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Host.TestApp;

/// <summary>An orchestration of three activities, a timer and two events. The custom status names the event that it waits for.</summary>
public static class Life
{
    public const string Result = "first go second stop third";

    [Function(nameof(Life))]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string first = await context.CallActivityAsync<string>(nameof(LifeStep), "first");
        await context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None);
        context.SetCustomStatus("Go");
        string go = await context.WaitForExternalEvent<string>("Go");
        string second = await context.CallActivityAsync<string>(nameof(LifeStep), "second");
        context.SetCustomStatus("Stop");
        string stop = await context.WaitForExternalEvent<string>("Stop");
        string third = await context.CallActivityAsync<string>(nameof(LifeStep), "third");
        return $"{first} {go} {second} {stop} {third}";
    }

    /// <summary>Fails with what the activity threw.</summary>
    [Function("FailingLife")]
    public static Task<string> Fail([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>(nameof(LifeStep), "fail");

    /// <summary>Ends when its activity does.</summary>
    [Function("WaitingLife")]
    public static Task<string> Wait([OrchestrationTrigger] TaskOrchestrationContext context) =>
        context.CallActivityAsync<string>(nameof(LifeStep), "wait");
}

/// <summary>
/// An activity that writes each of its runs to the topic of its instance before it does anything else. The step <c>wait</c> lasts until the
/// test has opened <c>open-INSTANCE</c>.
/// </summary>
public sealed class LifeStep(Diary diary)
{
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(200);

    [Function(nameof(LifeStep))]
    public async Task<string> Run([ActivityTrigger] string step, string instanceId, CancellationToken cancellation)
    {
        await diary.WriteAsync(instanceId, step);
        await Task.Delay(Work, CancellationToken.None);
        if (step == "wait")
            await diary.WaitAsync("open-" + instanceId, cancellation);
        return step == "fail" ? throw new InvalidOperationException("as asked") : step;
    }
}
