using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Orchestrators that say something, and some that give up waiting.</summary>
public static class ClientOrchestrators
{
    [Function("Talks")]
    public static async Task<string> Talks([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        ILogger log = context.CreateReplaySafeLogger("Talks");
        log.LogInformation("first");
        await context.CallActivityAsync("Nothing");
        log.LogInformation("second");
        await context.CallActivityAsync("Nothing");
        log.LogInformation("third");
        return "said";
    }

    [Function("TalksAcross")]
    public static async Task<string> TalksAcross([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        ILogger log = context.CreateReplaySafeLogger<DurableCase>();
        log.LogInformation("generation {Number}", context.GetInput<int>());
        await context.CallActivityAsync("Nothing");
        if (context.GetInput<int>() < 3)
            context.ContinueAsNew(context.GetInput<int>() + 1);
        return "said";
    }

    [Function("AlreadyCancelled")]
    public static async Task<string> AlreadyCancelled([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        CancellationToken over = new(canceled: true);
        Task timer = context.CreateTimer(TimeSpan.FromHours(1), over);
        Task<string> raised = context.WaitForExternalEvent<string>("Go", over);
        await context.CallActivityAsync("Nothing");
        return $"{timer.IsCanceled} {raised.IsCanceled}";
    }

    /// <summary>Of two timers with one token, and one without, only the last goes on.</summary>
    [Function("CancelTogether")]
    public static async Task<string> CancelTogether([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        using CancellationTokenSource over = new();
        Task one = context.CreateTimer(TimeSpan.FromHours(1), over.Token);
        Task two = context.CreateTimer(TimeSpan.FromHours(2), over.Token);
        await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        over.Cancel();
        await context.CallActivityAsync("Nothing");
        return $"{one.IsCanceled} {two.IsCanceled}";
    }
}
