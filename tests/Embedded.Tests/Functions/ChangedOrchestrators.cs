using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>An orchestrator as it was when its instance started: one activity, then an event, then another activity.</summary>
public static class OriginalOrchestrator
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        context.SetCustomStatus("waiting");
        await context.WaitForExternalEvent<object?>("Go");
        return await context.CallActivityAsync<string>("Say", "done");
    }
}

public static class OtherActivityFirst
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync<string>("Say", "new");
        await context.WaitForExternalEvent<object?>("Go");
        return "";
    }
}

public static class TimerFirst
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
        return "";
    }
}

public static class NothingFirst
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.WaitForExternalEvent<object?>("Go");
        return "";
    }
}

public static class OneMoreBeforeTheEvent
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        await context.CallActivityAsync("Nothing");
        await context.WaitForExternalEvent<object?>("Go");
        return "";
    }
}

public static class EndsEarly
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        return "early";
    }
}

public static class ChangedOnlyAhead
{
    [Function("Changing")]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        await context.WaitForExternalEvent<object?>("Go");
        return "changed ahead";
    }
}
