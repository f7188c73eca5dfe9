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

    /// <summary>Stray answers do not come this often in a row: the activity itself cannot succeed, and somebody must look.</summary>
    private const int MaxFailedExecutions = 3;

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
        using Alarm alarm = new(context);
        DateTime? deadline = invoice.FirstDeadlineAt;
        for (int turn = 0; turn < MaxTurns; turn++)
        {
            // Whoever created the invoice has sent what there was to send: nothing is due before the first deadline.
            bool isJustCreated = turn == 0 && deadline is not null;
            if (!isJustCreated)
            {
                if (await AdvanceAsync(context, invoice) is not { } outlook)
                {
                    invoice = invoice with { FailedExecutions = invoice.FailedExecutions + 1 };
                    break;
                }
                invoice = invoice with { FailedExecutions = 0 };
                context.SetCustomStatus(outlook.Status);
                if (outlook.IsFinished)
                {
                    alarm.Cancel();
                    return outlook.Status;
                }
                deadline = outlook.DeadlineAt;
            }
            await alarm.WaitAsync(wake, deadline);
            // One task waits for the wake across turns and is never cancelled: a cancelled wait can swallow an event.
            if (wake.IsCompleted)
                wake = context.WaitForExternalEvent<string?>(Wake);
        }
        alarm.Cancel();
        context.ContinueAsNew(invoice with { FirstDeadlineAt = null }, preserveUnprocessedEvents: true);
        return "continued";
    }

    /// <summary>
    /// Returns null if the engine took a stray answer for one of this execution's. A turn that was given up before its commit may have
    /// sent messages, and their answers come under numbers that now mean something else: a timer, or the same advance asked for again,
    /// which may have found more. A new execution gets none of them. A failure that comes again and again is not stray and fails the
    /// orchestration: an alert reports it, and the next wake starts its successor.
    /// </summary>
    private static async Task<Outlook?> AdvanceAsync(TaskOrchestrationContext context, InvoiceReference invoice)
    {
        DateTime askedAt = context.CurrentUtcDateTime;
        bool mayBeStray = invoice.FailedExecutions < MaxFailedExecutions;
        Outlook? outlook;
        try
        {
            outlook = await context.CallActivityAsync<Outlook?>(nameof(AdvanceInvoice), invoice with { AskedAt = askedAt }, Retry);
        }
        catch (TaskFailedException) when (mayBeStray)
        {
            return null;
        }
        if (outlook?.AskedAt == askedAt)
            return outlook;
        return mayBeStray ? null : throw new InvalidOperationException("every outlook answers another turn's call");
    }

    /// <summary>
    /// At most one timer that matters. Storage keeps a cancelled timer until it would have fired, so none is cancelled before the
    /// end: one that fires before the deadline, because the deadline has moved, is followed by another.
    /// </summary>
    private sealed class Alarm(TaskOrchestrationContext context) : IDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private Task? _timer;
        private DateTime _firesAt;

        /// <summary>
        /// Returns at a wake, or at the deadline. A timer that is still open rings even if there is no deadline any more: the one look
        /// at the end of the payment window finds what an advance left whose outlook got lost.
        /// </summary>
        public async Task WaitAsync(Task wake, DateTime? deadline)
        {
            if (deadline is not { } at)
            {
                await (_timer is { IsCompleted: false } open ? Task.WhenAny(wake, open) : wake);
                return;
            }
            do
            {
                if (_timer is null or { IsCompleted: true } || _firesAt > at)
                    (_timer, _firesAt) = (context.CreateTimer(at, _end.Token), at);
                if (await Task.WhenAny(wake, _timer) == wake)
                    return;
            }
            while (_firesAt < at);
        }

        /// <summary>
        /// Cancels every timer, on the orchestrator's own thread: the engine ends an execution, or continues it as new, only when
        /// none of its timers is open. Without this a life of many wakes would stand still until its deadline.
        /// </summary>
        public void Cancel() => _end.Cancel();

        public void Dispose() => _end.Dispose();
    }
}
