using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>An activity that ends when the test says so.</summary>
public static class HeldActivity
{
    public static TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Function("HoldUp")]
    public static async Task<string> HoldUp([OrchestrationTrigger] TaskOrchestrationContext context) =>
        await context.CallActivityAsync<string>("Hold");

    [Function("Hold")]
    public static async Task<string> Hold([ActivityTrigger] string? input)
    {
        Begun.TrySetResult();
        await Release.Task;
        return "held up";
    }
}
