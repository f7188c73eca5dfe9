namespace Microsoft.DurableTask;

/// <summary>How one call of an activity or sub-orchestration is to be made.</summary>
public record TaskOptions
{
    public TaskOptions(TaskRetryOptions? retry) => Retry = retry;

    public TaskOptions(TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Retry = options.Retry;
    }

    public TaskRetryOptions? Retry { get; init; }

    public static TaskOptions FromRetryPolicy(RetryPolicy policy) => new(policy);

    /// <summary>The same options for a sub-orchestration with an instance id of its own.</summary>
    public SubOrchestrationOptions WithInstanceId(string instanceId) => new(this, instanceId);
}

/// <summary>How a sub-orchestration is to be called; without an id it gets one that is stable across replays.</summary>
public record SubOrchestrationOptions : TaskOptions
{
    public SubOrchestrationOptions(TaskRetryOptions? retry = null, string? instanceId = null)
        : base(retry) => InstanceId = instanceId;

    public SubOrchestrationOptions(TaskOptions options, string? instanceId = null)
        : base(options)
    {
        InstanceId = instanceId ?? (options as SubOrchestrationOptions)?.InstanceId;
    }

    public SubOrchestrationOptions(SubOrchestrationOptions options)
        : base(options) => InstanceId = options.InstanceId;

    public string? InstanceId { get; init; }
}

/// <summary>
/// How an orchestration is to be started. An id that runs is always refused; <see cref="DedupeStatuses"/> names the terminal statuses
/// in which an existing instance is refused too instead of being replaced.
/// </summary>
public record StartOrchestrationOptions
{
    // Parameters are named like properties: the published type has them so, and callers name them.
    public StartOrchestrationOptions(string? InstanceId = null, DateTimeOffset? StartAt = null)
    {
        this.InstanceId = InstanceId;
        this.StartAt = StartAt;
    }

    public StartOrchestrationOptions(StartOrchestrationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        InstanceId = options.InstanceId;
        StartAt = options.StartAt;
        DedupeStatuses = options.DedupeStatuses;
    }

    public string? InstanceId { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Names of <c>OrchestrationRuntimeStatus</c>, in any case.</summary>
    public IReadOnlyList<string>? DedupeStatuses { get; init; }
}
