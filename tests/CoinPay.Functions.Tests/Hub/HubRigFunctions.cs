using CoinPay.Testing.Hub;
using Microsoft.DurableTask;

namespace CoinPay.Functions.Tests.Hub;

/// <summary>Orchestrators that use all that a hub offers. The activity <c>Next</c> adds one.</summary>
internal static class HubRigFunctions
{
    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(4, TimeSpan.FromSeconds(5), backoffCoefficient: 2));

    public static HubFunctions AddAll(HubFunctions functions) => functions
        .Add<int, int>(nameof(CountAsync), CountAsync)
        .Add<string, string>(nameof(CollectAsync), CollectAsync)
        .Add<string, string>(nameof(CollectInGenerationsAsync), CollectInGenerationsAsync)
        .Add<int, int>(nameof(AskChildAsync), AskChildAsync)
        .Add<int, int>(nameof(FailAsync), FailAsync)
        .Add<int, int>(nameof(AskFailingChildAsync), AskFailingChildAsync)
        .Add<string, string>(nameof(SleepAsync), SleepAsync);

    /// <summary>Three activities, one after the other.</summary>
    public static async Task<int> CountAsync(TaskOrchestrationContext context)
    {
        int count = context.GetInput<int>();
        for (int i = 0; i < 3; i++)
            count = await context.CallActivityAsync<int>("Next", count, Retry);
        return count;
    }

    /// <summary>Letters until a full stop.</summary>
    public static async Task<string> CollectAsync(TaskOrchestrationContext context)
    {
        string letters = "";
        while (!letters.EndsWith('.'))
            context.SetCustomStatus(letters += await context.WaitForExternalEvent<string>("letter"));
        return letters;
    }

    /// <summary>The same, beginning anew after every letter.</summary>
    public static async Task<string> CollectInGenerationsAsync(TaskOrchestrationContext context)
    {
        string letters = context.GetInput<string>() + await context.WaitForExternalEvent<string>("letter");
        if (letters.EndsWith('.'))
            return letters;
        context.ContinueAsNew(letters, preserveUnprocessedEvents: true);
        return "continued";
    }

    public static async Task<int> AskChildAsync(TaskOrchestrationContext context) =>
        2 * await context.CallSubOrchestratorAsync<int>(nameof(CountAsync), context.GetInput<int>());

    public static Task<int> FailAsync(TaskOrchestrationContext context) => throw new InvalidOperationException("It cannot be done.");

    public static async Task<int> AskFailingChildAsync(TaskOrchestrationContext context)
    {
        try
        {
            return await context.CallSubOrchestratorAsync<int>(nameof(FailAsync), 1);
        }
        catch (TaskFailedException)
        {
            return -1;
        }
    }

    /// <summary>A timer longer than the worker makes one, cancelled by a knock.</summary>
    public static async Task<string> SleepAsync(TaskOrchestrationContext context)
    {
        using CancellationTokenSource awake = new();
        Task sleep = context.CreateTimer(context.CurrentUtcDateTime.AddDays(5), awake.Token);
        if (await Task.WhenAny(sleep, context.WaitForExternalEvent<string>("knock")) == sleep)
            return "slept";
        Cancel(awake);
        return "woken";
    }

    private static void Cancel(CancellationTokenSource source) => source.Cancel();
}
