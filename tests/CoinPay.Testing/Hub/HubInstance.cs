using DurableTask.Core;
using DurableTask.Core.History;

namespace CoinPay.Testing.Hub;

/// <summary>
/// An instance as storage holds it: its history, which decides, and the row that clients read, which follows one request later.
/// </summary>
internal sealed record HubInstance(string Id)
{
    /// <summary>The history of the current execution.</summary>
    public IReadOnlyList<HistoryEvent> History { get; init; } = [];

    /// <summary>Changes with every commit of the history.</summary>
    public long Tag { get; init; }

    public InstanceRow? Row { get; init; }

    /// <summary>The execution whose history this is.</summary>
    public string? ExecutionId => History.OfType<ExecutionStartedEvent>().FirstOrDefault()?.OrchestrationInstance.ExecutionId;
}

/// <summary>The part of an instance that clients see.</summary>
internal sealed record InstanceRow(string Name, string? Version, string ExecutionId, int Generation, DateTimeOffset CreatedAt, string? Input)
{
    public OrchestrationStatus Status { get; init; } = OrchestrationStatus.Pending;

    public DateTimeOffset UpdatedAt { get; init; }

    public string? Output { get; init; }

    public string? CustomStatus { get; init; }

    public FailureDetails? Failure { get; init; }

    public bool IsOver => Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed
        or OrchestrationStatus.Canceled or OrchestrationStatus.Terminated;
}
