using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Host.TestApp;

/// <summary>
/// What scripts/bench.sh durable runs: orchestrations whose activities do nothing, so that all time is the engine's and the store's.
/// </summary>
public static class DurableLoad
{
    private static readonly TimeSpan EventDelay = TimeSpan.FromSeconds(3);
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> LastSteps = new(StringComparer.Ordinal);

    /// <summary>
    /// Starts <c>?count=</c> instances at once and answers how long each took from its start to the run of its last activity, in
    /// milliseconds. Nobody reads an instance meanwhile.
    /// </summary>
    [Function(nameof(RunLoad))]
    public static async Task<IActionResult> RunLoad(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "load/{orchestrator}")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        string orchestrator)
    {
        int count = int.Parse(request.Query["count"].ToString());
        Stopwatch clock = Stopwatch.StartNew();
        double[] each = await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            TimeSpan begun = clock.Elapsed;
            string instance = await durable.ScheduleNewOrchestrationInstanceAsync(orchestrator);
            if (orchestrator == nameof(TimerAndEvent))
            {
                await Task.Delay(EventDelay);
                await durable.RaiseEventAsync(instance, "go");
            }
            await LastStepOf(instance).Task;
            return (clock.Elapsed - begun).TotalMilliseconds;
        }));
        return new JsonResult(new { took = clock.Elapsed.TotalMilliseconds, each });
    }

    [Function(nameof(FiveActivities))]
    public static async Task<int> FiveActivities([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int done = 0;
        while (done < 5)
            done = await context.CallActivityAsync<int>(nameof(Step), new StepInput(context.InstanceId, done, IsLast: done == 4));
        return done;
    }

    [Function(nameof(TimerAndEvent))]
    public static async Task<int> TimerAndEvent([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int done = await context.CallActivityAsync<int>(nameof(Step), new StepInput(context.InstanceId, 0, IsLast: false));
        await context.CreateTimer(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        await context.WaitForExternalEvent<string?>("go");
        return await context.CallActivityAsync<int>(nameof(Step), new StepInput(context.InstanceId, done, IsLast: true));
    }

    [Function(nameof(Step))]
    public static int Step([ActivityTrigger] StepInput input)
    {
        if (input.IsLast)
            LastStepOf(input.InstanceId).TrySetResult();
        return input.Number + 1;
    }

    private static TaskCompletionSource LastStepOf(string instanceId) =>
        LastSteps.GetOrAdd(instanceId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>What an activity of <see cref="DurableLoad"/> is given.</summary>
public sealed record StepInput(string InstanceId, int Number, bool IsLast);
