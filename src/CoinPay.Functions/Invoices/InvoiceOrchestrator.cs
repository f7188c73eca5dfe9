using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// An invoice's life: advance; wait for a wake or the next deadline; again. It decides nothing, so a deployment cannot
/// break a replay.
/// </summary>
internal static class InvoiceOrchestrator
{
    /// <summary>The event that says: look again. It carries nothing; lost, doubled or late it does no harm.</summary>
    public const string Wake = "wake";

    /// <summary>An ordinary life takes a handful of turns; past this many the history begins anew.</summary>
    private const int MaxTurns = 40;

    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 1_000,
        firstRetryInterval: TimeSpan.FromSeconds(1),
        backoffCoefficient: 2,
        maxRetryInterval: TimeSpan.FromMinutes(5)));

    [Function(nameof(InvoiceOrchestrator))]
    public static async Task<string> Run([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        InvoiceReference invoice = context.GetInput<InvoiceReference>()!;
        Task<string?> wake = context.WaitForExternalEvent<string?>(Wake);
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            Outlook outlook = await context.CallActivityAsync<Outlook>(nameof(AdvanceInvoice), invoice, Retry);
            context.SetCustomStatus(outlook.Status);
            if (outlook.IsFinished)
                return outlook.Status;
            await WaitAsync(context, wake, outlook.DeadlineAt);
            // One task waits for the wake across turns and is never cancelled: a cancelled wait can swallow an event.
            if (wake.IsCompleted)
                wake = context.WaitForExternalEvent<string?>(Wake);
        }
        context.ContinueAsNew(invoice, preserveUnprocessedEvents: true);
        return "continued";
    }

    private static async Task WaitAsync(TaskOrchestrationContext context, Task wake, DateTime? deadline)
    {
        if (deadline is not { } at)
        {
            await wake;
            return;
        }
        using CancellationTokenSource noLongerNeeded = new();
        Task timer = context.CreateTimer(at, noLongerNeeded.Token);
        if (await Task.WhenAny(wake, timer) == wake)
            CancelNow(noLongerNeeded);
    }

    /// <summary>Cancels on the orchestrator's own thread: CancelAsync would go on from the thread pool, which is no replay.</summary>
    private static void CancelNow(CancellationTokenSource source) => source.Cancel();
}
