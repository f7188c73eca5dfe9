using Microsoft.DurableTask;

namespace CoinPay.Embedded.Durable;

/// <summary>What can stand in an instance's history. The names are those of Durable Task, as the management API shows them.</summary>
internal enum HistoryEventType
{
    ExecutionStarted,
    TaskScheduled,
    TaskCompleted,
    TaskFailed,
    SubOrchestrationInstanceCreated,
    SubOrchestrationInstanceCompleted,
    SubOrchestrationInstanceFailed,
    TimerCreated,
    TimerFired,
    EventRaised,
    ExecutionTerminated,
    ExecutionCompleted,
}

/// <summary>
/// One thing that happened to an instance or that its code asked for. Replaying them in order of <see cref="Sequence"/> brings
/// the orchestrator to where it stood.
/// </summary>
internal sealed record HistoryEvent(HistoryEventType Type, DateTimeOffset At)
{
    /// <summary>Its place in the generation's history, from 0.</summary>
    public int Sequence { get; init; }

    /// <summary>The turn that consumed or caused it, from 1; a turn is committed as a whole.</summary>
    public int Turn { get; init; }

    /// <summary>Ties what was asked for to its outcome; counted by the orchestrator's calls from 0. −1 where there is none.</summary>
    public int TaskId { get; init; } = -1;

    /// <summary>Of the activity, sub-orchestration or event.</summary>
    public string? Name { get; init; }

    public string? Input { get; init; }

    public string? Result { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>When a timer is due.</summary>
    public DateTimeOffset? FireAt { get; init; }

    /// <summary>The sub-orchestration's id.</summary>
    public string? ChildId { get; init; }

    /// <summary>True for what the orchestrator's code asked for, false for what came from outside.</summary>
    public bool IsAction => Type is HistoryEventType.TaskScheduled
        or HistoryEventType.TimerCreated
        or HistoryEventType.SubOrchestrationInstanceCreated;

    /// <summary>True for what ends a generation; it is not replayed.</summary>
    public bool IsEnd => Type is HistoryEventType.ExecutionCompleted or HistoryEventType.ExecutionTerminated;

    public string Described => Type switch
    {
        HistoryEventType.TimerCreated => $"step {TaskId}, a timer",
        HistoryEventType.SubOrchestrationInstanceCreated => $"step {TaskId}, sub-orchestration '{Name}'",
        _ => $"step {TaskId}, activity '{Name}'",
    };
}
