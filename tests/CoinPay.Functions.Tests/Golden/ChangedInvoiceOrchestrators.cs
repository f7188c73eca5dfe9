using CoinPay.Functions.Invoices;
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

    public static IReadOnlyDictionary<string, Func<TaskOrchestrationContext, Task<string>>> All { get; } =
        new Dictionary<string, Func<TaskOrchestrationContext, Task<string>>>
        {
            [nameof(Unchanged)] = Unchanged,
            ["one more activity"] = context => RunAsync(context, before: () => context.CallActivityAsync("ReadWeather")),
            ["another activity"] = context => RunAsync(context, activity: "AdvanceInvoiceAnew"),
            ["a pause before each turn"] = context =>
                RunAsync(context, before: () => context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None)),
            ["shorter histories"] = context => RunAsync(context, maxTurns: 20),
            ["no more retries"] = context =>
                RunAsync(context, retry: TaskOptions.FromRetryPolicy(new RetryPolicy(1, TimeSpan.FromSeconds(1)))),
        };

    public static Task<string> Unchanged(TaskOrchestrationContext context) => RunAsync(context);

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
            using CancellationTokenSource noLongerNeeded = new();
            Task timer = outlook.DeadlineAt is { } at ? context.CreateTimer(at, noLongerNeeded.Token) : wake;
            if (await Task.WhenAny(wake, timer) == wake)
            {
                wake = context.WaitForExternalEvent<string?>(InvoiceOrchestrator.Wake);
                Cancel(noLongerNeeded);
            }
        }
        context.ContinueAsNew(invoice, preserveUnprocessedEvents: true);
        return "continued";
    }

    private static void Cancel(CancellationTokenSource source) => source.Cancel();
}
