using System.Security.Cryptography;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>
/// What an orchestrator's code sees: its calls become actions with ascending ids, and complete when their outcome is delivered from
/// the history, new or replayed.
/// </summary>
internal sealed class ReplayContext(OrchestrationState state, ILoggerFactory loggers, DataConverter converter)
    : TaskOrchestrationContext
{
    private readonly Dictionary<int, OpenTask> _open = [];
    private DateTimeOffset _now;
    private bool _replaying;
    private int _nextTaskId;
    private int _guids;

    public override TaskName Name => state.Name;

    public override string InstanceId => state.InstanceId;

    public override ParentOrchestrationInstance? Parent =>
        state.Parent is { } parent ? new(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => _now.UtcDateTime;

    public override bool IsReplaying => _replaying;

    protected override ILoggerFactory LoggerFactory => loggers;

    public OrchestrationThread Thread { get; } = new();

    /// <summary>What the code asked for since the history was last matched.</summary>
    public Queue<HistoryEvent> Asked { get; } = new();

    public EventWaiters Events { get; } = new(converter);

    /// <summary>Actions whose outcome is awaited; a cancelled timer is not among them.</summary>
    public IEnumerable<HistoryEvent> Open => _open.Values.Select(task => task.Action);

    public string? CustomStatus { get; private set; }

    /// <summary>What <c>ContinueAsNew</c> was called with last; null if it was not.</summary>
    public (string? Input, bool KeepEvents)? Next { get; private set; }

    public void SetTime(DateTimeOffset at, bool replaying)
    {
        _now = at > _now ? at : _now;
        _replaying = replaying;
    }

    /// <summary>Completes the step that this outcome belongs to; false if no such step is open.</summary>
    public bool Deliver(HistoryEvent outcome)
    {
        if (!_open.Remove(outcome.TaskId, out OpenTask? task))
            return false;
        if (outcome.Failure is { } failure)
            task.Source.TrySetException(new TaskFailedException(task.Action.Name!, outcome.TaskId, failure));
        else
            task.Source.TrySetResult(outcome.Result);
        return true;
    }

    public override T? GetInput<T>()
        where T : default => converter.Deserialize<T>(state.Input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        RetryAsync<TResult>(
            new(HistoryEventType.TaskScheduled, default) { Name = name.Name, Input = converter.Serialize(input) }, options);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName, object? input = null, TaskOptions? options = null) =>
        RetryAsync<TResult>(
            new(HistoryEventType.SubOrchestrationInstanceCreated, default)
            {
                Name = orchestratorName.Name,
                Input = converter.Serialize(input),
                ChildId = (options as SubOrchestrationOptions)?.InstanceId ?? NewGuid().ToString("N"),
            },
            options);

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        OpenTask timer = Ask(new(HistoryEventType.TimerCreated, default)
        {
            FireAt = new DateTimeOffset(fireAt.Kind == DateTimeKind.Unspecified
                ? DateTime.SpecifyKind(fireAt, DateTimeKind.Utc)
                : fireAt.ToUniversalTime()),
        });
        cancellationToken.Register(() =>
        {
            if (_open.Remove(timer.Action.TaskId))
                timer.Source.TrySetCanceled(cancellationToken);
        });
        return timer.Source.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        Thread.Check();
        return Events.Wait<T>(eventName, cancellationToken);
    }

    public override void SetCustomStatus(object? customStatus) => CustomStatus = converter.Serialize(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        Next = (converter.Serialize(newInput), preserveUnprocessedEvents);

    public override Guid NewGuid()
    {
        byte[] name = Encoding.UTF8.GetBytes($"{InstanceId}|{state.ExecutionId}|{state.Generation}|{_guids++}");
        byte[] bytes = SHA256.HashData(name)[..16];
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80); // Version 8: RFC 9562, section 5.8.
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new(bytes, bigEndian: true);
    }

    private async Task<TResult> RetryAsync<TResult>(HistoryEvent action, TaskOptions? options)
    {
        RetryPolicy? policy = options?.Retry?.Policy;
        DateTime first = CurrentUtcDateTime;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return converter.Deserialize<TResult>(await Ask(action).Source.Task)!;
            }
            catch (TaskFailedException failure) when (MayRetry(policy, attempt, first, failure))
            {
                await CreateTimer(Delay(policy!, attempt), CancellationToken.None);
            }
        }
    }

    private bool MayRetry(RetryPolicy? policy, int attempt, DateTime first, TaskFailedException failure) =>
        policy is not null
        && attempt < policy.MaxNumberOfAttempts
        && failure.FailureDetails.ErrorType != MissingFunction.ErrorType
        && (policy.RetryTimeout == Timeout.InfiniteTimeSpan || CurrentUtcDateTime - first < policy.RetryTimeout);

    private static TimeSpan Delay(RetryPolicy policy, int attempt)
    {
        double ticks = policy.FirstRetryInterval.Ticks * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return ticks < policy.MaxRetryInterval.Ticks ? TimeSpan.FromTicks((long)ticks) : policy.MaxRetryInterval;
    }

    private OpenTask Ask(HistoryEvent action)
    {
        Thread.Check();
        OpenTask task = new(action with { TaskId = _nextTaskId++, At = _now });
        _open.Add(task.Action.TaskId, task);
        Asked.Enqueue(task.Action);
        return task;
    }

    private sealed record OpenTask(HistoryEvent Action)
    {
        public TaskCompletionSource<string?> Source { get; } = new();
    }
}

/// <summary>The failure of a call to a function that the app does not have; trying again would not help.</summary>
internal static class MissingFunction
{
    public const string ErrorType = "Microsoft.DurableTask.TaskMissing";

    public static TaskFailureDetails Of(string kind, string name) =>
        new(ErrorType, $"The {kind} function '{name}' does not exist in this app.", null, null, null);
}
