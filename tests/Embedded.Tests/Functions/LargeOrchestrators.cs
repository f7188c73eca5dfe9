using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Orchestrators whose payloads are too long for a row.</summary>
public static class LargeOrchestrators
{
    [Function("LargeResults")]
    public static async Task<int> LargeResults([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        int[] lengths = context.GetInput<int[]>()!;
        string[] texts = await Task.WhenAll(lengths.Select(length => context.CallActivityAsync<string>("Text", length)));
        await context.CallActivityAsync("Nothing");
        return texts.Sum(text => text.Length);
    }

    [Function("LargeStatus")]
    public static async Task<string> LargeStatus([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        context.SetCustomStatus(new string('s', context.GetInput<int>()));
        await context.CallActivityAsync("Nothing");
        return await context.CallActivityAsync<string>("Say", "done");
    }

    [Function("LargeFailure")]
    public static async Task<int> LargeFailure([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        try
        {
            await context.CallActivityAsync("FailAtLength", context.GetInput<int>());
            return 0;
        }
        catch (TaskFailedException failed)
        {
            return failed.FailureDetails.ErrorMessage.Length;
        }
    }

    [Function("LargeUncaught")]
    public static async Task LargeUncaught([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.CallActivityAsync("Nothing");
        throw new InvalidOperationException(new string('f', context.GetInput<int>()) + " at last");
    }

    [Function("LargeChild")]
    public static async Task<int> LargeChild([OrchestrationTrigger] TaskOrchestrationContext context) =>
        (await context.CallSubOrchestratorAsync<string>("Echo", new string('c', context.GetInput<int>()))).Length;

    /// <summary>Grows by a text with each generation; the last waits for an event that the first left untaken.</summary>
    [Function("LargeGenerations")]
    public static async Task<int> LargeGenerations([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        string text = context.GetInput<string>()!;
        if (text.Length >= 1_500_000)
            return text.Length + (await context.WaitForExternalEvent<string>("Later")).Length;
        if (text.Length == 0)
            await context.WaitForExternalEvent<string>("Go");
        context.ContinueAsNew(text + await context.CallActivityAsync<string>("Text", 500_000));
        return 0;
    }

    [Function("NameBeyondStorage")]
    public static async Task NameBeyondStorage([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        if (context.GetInput<bool>())
            await context.CallActivityAsync("Nothing");
        await context.CallActivityAsync(new string('n', 40_000));
    }

    [Function("Text")]
    public static string Text([ActivityTrigger] int length) => new('t', length);

    [Function("FailAtLength")]
    public static void FailAtLength([ActivityTrigger] int length) => throw new InvalidOperationException(new string('f', length));
}
