using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Two activities that are asked for at once and end when the test says so: where there is one place, one waits for the other's.</summary>
public static class QueuedActivities
{
    private static int _begun;

    public static int Begun => Volatile.Read(ref _begun);

    public static TaskCompletionSource Release { get; private set; } = new();

    public static void Reset()
    {
        _begun = 0;
        Release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    [Function("AskForTwo")]
    public static Task AskForTwo([OrchestrationTrigger] TaskOrchestrationContext context) =>
        Task.WhenAll(context.CallActivityAsync("TakeAPlace"), context.CallActivityAsync("TakeAPlace"));

    [Function("TakeAPlace")]
    public static Task TakeAPlace([ActivityTrigger] string? input)
    {
        Interlocked.Increment(ref _begun);
        return Release.Task;
    }
}
