using Azure;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Durable;

/// <summary>The row of an instance that says where it stands; what its history holds beyond <see cref="Sequence"/> was never committed.</summary>
internal sealed record OrchestrationState(string InstanceId, string Name, string ExecutionId)
{
    public OrchestrationRuntimeStatus Status { get; init; } = OrchestrationRuntimeStatus.Pending;

    public string? Input { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Not to begin earlier; null for at once.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Counts <c>ContinueAsNew</c> and restarts under the same id, so that an old generation's rows are told apart.</summary>
    public int Generation { get; init; }

    /// <summary>How many events the generation's committed history has.</summary>
    public int Sequence { get; init; }

    /// <summary>The last committed turn; 0 before the first.</summary>
    public int Turn { get; init; }

    public ParentLink? Parent { get; init; }

    /// <summary>The ownership under which the row was last written: the fencing token.</summary>
    public long Owner { get; init; }

    public ETag ETag { get; init; }

    /// <summary>A new execution under this id.</summary>
    public static OrchestrationState New(string instanceId, string name, DateTimeOffset now) =>
        new(instanceId, name, Guid.NewGuid().ToString("N")) { CreatedAt = now, UpdatedAt = now };

    public bool HasEnded => Status is OrchestrationRuntimeStatus.Completed
        or OrchestrationRuntimeStatus.Failed
        or OrchestrationRuntimeStatus.Terminated;
}

/// <summary>Whom to tell when a sub-orchestration ends.</summary>
internal sealed record ParentLink(string InstanceId, string Name, string ExecutionId, int Generation, int TaskId);

/// <summary>An instance as it is brought up from storage.</summary>
internal sealed record StoredInstance(
    OrchestrationState State, IReadOnlyList<HistoryEvent> History, IReadOnlyList<InboxItem> Inbox);

/// <summary>Something sent to an instance, or an activity's outcome.</summary>
internal sealed record InboxItem(HistoryEventType Type)
{
    /// <summary>Of the row that the turn which takes this deletes; empty where there is none.</summary>
    public string RowKey { get; init; } = string.Empty;

    /// <summary>Of the execution that it is for; empty for whichever runs.</summary>
    public string ExecutionId { get; init; } = string.Empty;

    public string? Name { get; init; }

    public string? Payload { get; init; }

    /// <summary>Of an outcome: the generation and step that wait for it.</summary>
    public int Generation { get; init; }

    public int TaskId { get; init; } = -1;

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>False for what came to another execution of the same id, before or after.</summary>
    public bool IsFor(string executionId) => ExecutionId.Length == 0 || ExecutionId == executionId;
}
