using CoinPay.Functions.Invoices;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoinPay.Simulation.Golden;

/// <summary>
/// <see cref="InvoiceOrchestrator"/> with one change each that would break invoices that run. They show that the recorded histories
/// catch such a change; the one without a change shows that it is the change that they catch.
/// </summary>
internal static class ChangedInvoiceOrchestrators
{
    private static readonly TaskOptions OnceOnly = TaskOptions.FromRetryPolicy(new RetryPolicy(1, TimeSpan.FromSeconds(1)));

    public static IReadOnlyDictionary<string, Func<TaskOrchestrationContext, Task<string>>> All { get; } =
        new Dictionary<string, Func<TaskOrchestrationContext, Task<string>>>
        {
            ["one more activity"] = Change(context => new(context) { Before = () => context.CallActivityAsync("ReadWeather") }),
            ["another activity"] = Change(context => new(context) { Activity = _ => "AdvanceInvoiceAnew" }),
            ["a pause before each activity"] = Change(context => new(context)
            {
                Before = () => context.CreateTimer(TimeSpan.FromSeconds(1), CancellationToken.None),
            }),
            ["no more retries"] = Change(context => new(context) { Options = _ => OnceOnly }),
            ["deadlines a second later"] = Change(context => new(context) { FireAt = at => at.AddSeconds(1) }),
            ["another event"] = Change(context => new(context) { Event = _ => "view" }),
        };

    public static Task<string> Unchanged(TaskOrchestrationContext context) => InvoiceOrchestrator.Run(new ChangedContext(context));

    private static Func<TaskOrchestrationContext, Task<string>> Change(Func<TaskOrchestrationContext, ChangedContext> change) =>
        context => InvoiceOrchestrator.Run(change(context));
}

/// <summary>What an orchestrator asks for, changed on its way to the engine.</summary>
internal sealed class ChangedContext(TaskOrchestrationContext inner) : TaskOrchestrationContext
{
    public Func<Task>? Before { get; init; }

    public Func<TaskName, TaskName> Activity { get; init; } = name => name;

    public Func<TaskOptions?, TaskOptions?> Options { get; init; } = options => options;

    public Func<DateTime, DateTime> FireAt { get; init; } = at => at;

    public Func<string, string> Event { get; init; } = name => name;

    public override TaskName Name => inner.Name;

    public override string InstanceId => inner.InstanceId;

    public override ParentOrchestrationInstance? Parent => inner.Parent;

    public override DateTime CurrentUtcDateTime => inner.CurrentUtcDateTime;

    public override bool IsReplaying => inner.IsReplaying;

    protected override ILoggerFactory LoggerFactory => NullLoggerFactory.Instance;

    public override T? GetInput<T>()
        where T : default => inner.GetInput<T>();

    public override async Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        if (Before is not null)
            await Before();
        return await inner.CallActivityAsync<TResult>(Activity(name), input, Options(options));
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        inner.CreateTimer(FireAt(fireAt), cancellationToken);

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        inner.WaitForExternalEvent<T>(Event(eventName), cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) => inner.SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => inner.SetCustomStatus(customStatus);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        inner.CallSubOrchestratorAsync<TResult>(orchestratorName, input, options);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        inner.ContinueAsNew(newInput, preserveUnprocessedEvents);

    public override Guid NewGuid() => inner.NewGuid();
}
