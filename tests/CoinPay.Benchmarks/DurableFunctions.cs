using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Benchmarks;

/// <summary>
/// What is orchestrated: activities that do nothing, so that all time is the engine's and the store's.
/// </summary>
public static class DurableFunctions
{
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> LastSteps = new(StringComparer.Ordinal);

    /// <summary>Completes when the last activity of an instance has run; its outcome is not committed then.</summary>
    internal static Task LastStepOf(string instanceId) => Of(instanceId).Task;

    [Function(nameof(FiveActivities))]
    public static async Task<int> FiveActivities([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int done = 0;
        while (done < 5)
            done = await context.CallActivityAsync<int>(nameof(Step),
                new StepInput(context.InstanceId, done, IsLast: done == 4));
        return done;
    }

    [Function(nameof(TimerAndEvent))]
    public static async Task<int> TimerAndEvent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int done =
            await context.CallActivityAsync<int>(nameof(Step), new StepInput(context.InstanceId, 0, IsLast: false));
        await context.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        await context.WaitForExternalEvent<string?>("go");
        return await context.CallActivityAsync<int>(nameof(Step),
            new StepInput(context.InstanceId, done, IsLast: true));
    }

    [Function(nameof(Step))]
    public static int Step([ActivityTrigger] StepInput input)
    {
        if (input.IsLast)
            Of(input.InstanceId).TrySetResult();
        return input.Number + 1;
    }

    private static TaskCompletionSource Of(string instanceId) =>
        LastSteps.GetOrAdd(instanceId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    public sealed record StepInput(string InstanceId, int Number, bool IsLast);
}
