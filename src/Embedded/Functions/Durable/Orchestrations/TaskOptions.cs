namespace Microsoft.DurableTask;

/// <summary>How one call of an activity or sub-orchestration is to be made.</summary>
public class TaskOptions(TaskRetryOptions? retry)
{
    public TaskRetryOptions? Retry { get; init; } = retry;

    public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(policy);
}

/// <summary>How a sub-orchestration is to be called; without an id it gets one that is stable across replays.</summary>
public class SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null) : TaskOptions(retry)
{
    public string? InstanceId { get; init; } = instanceId;
}

/// <summary>
/// How an orchestration is to be started. An id that runs is always refused; <see cref="DedupeStatuses"/> names the terminal statuses
/// in which an existing instance is refused too instead of being replaced.
/// </summary>
/// <remarks>Parameters are named like properties: the published type has them so, and callers name them.</remarks>
public class StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
{
    public string? InstanceId { get; init; } = InstanceId;

    public DateTimeOffset? StartAt { get; init; } = StartAt;

    /// <summary>Names of <c>OrchestrationRuntimeStatus</c>, in any case.</summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
