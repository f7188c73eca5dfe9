using CoinPay.Functions.Invoices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace CoinPay.Functions.Tests.Golden;

/// <summary>
/// Copies of <see cref="InvoiceOrchestrator"/>, each with one change that would break invoices that run. They show that the recorded
/// histories catch such a change; the copy without one shows that it is the change that they catch.
/// </summary>
internal static class ChangedInvoiceOrchestrators
{
    private static readonly TaskOptions Retry = TaskOptions.FromRetryPolicy(
        new RetryPolicy(maxNumberOfAttempts: 1_000, TimeSpan.FromSeconds(1), backoffCoefficient: 2, TimeSpan.FromMinutes(5)));

    [Function(nameof(Unchanged))]
    public static Task<string> Unchanged([OrchestrationTrigger] TaskOrchestrationContext context) => RunAsync(context);

    [Function(nameof(OneMoreActivity))]
    public static Task<string> OneMoreActivity([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(context, before: () => context.CallActivityAsync("ReadWeather"));

    [Function(nameof(AnotherActivity))]
    public static Task<string> AnotherActivity([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(context, activity: "AdvanceInvoiceAnew");

    [Function(nameof(PauseBeforeEachTurn))]
    public static Task<string> PauseBeforeEachTurn([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(context, before: () => context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None));

    [Function(nameof(ShorterHistories))]
    public static Task<string> ShorterHistories([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(context, maxTurns: 20);

    [Function(nameof(NoMoreRetries))]
    public static Task<string> NoMoreRetries([OrchestrationTrigger] TaskOrchestrationContext context) =>
        RunAsync(context, retry: TaskOptions.FromRetryPolicy(new RetryPolicy(1, TimeSpan.FromSeconds(1))));

    private static async Task<string> RunAsync(
        TaskOrchestrationContext context,
        Func<Task>? before = null,
        string activity = nameof(AdvanceInvoice),
        int maxTurns = 40,
        TaskOptions? retry = null)
    {
        InvoiceReference invoice = context.GetInput<InvoiceReference>()!;
        Task<string?> wake = context.WaitForExternalEvent<string?>(InvoiceOrchestrator.Wake);
        for (int turn = 0; turn < maxTurns; turn++)
        {
            if (before is not null)
                await before();
            Outlook outlook = await context.CallActivityAsync<Outlook>(activity, invoice, retry ?? Retry);
            if (outlook.IsFinished)
                return outlook.Status;
            Task timer = outlook.DeadlineAt is { } at ? context.CreateTimer(at, CancellationToken.None) : wake;
            if (await Task.WhenAny(wake, timer) == wake)
                wake = context.WaitForExternalEvent<string?>(InvoiceOrchestrator.Wake);
        }
        context.ContinueAsNew(invoice, preserveUnprocessedEvents: true);
        return "continued";
    }
}
