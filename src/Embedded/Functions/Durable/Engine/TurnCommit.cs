using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Durable;

/// <summary>What a turn writes, in one transaction.</summary>
internal sealed record TurnCommit
{
    public required OrchestrationState Next { get; init; }

    /// <summary>To be written, in the sequence of <see cref="Next"/>'s generation.</summary>
    public required IReadOnlyList<HistoryEvent> Events { get; init; }

    public required IReadOnlyList<string> Consumed { get; init; }

    /// <summary>What the code asked for in this turn.</summary>
    public required IReadOnlyList<HistoryEvent> Actions { get; init; }

    public required bool ChangesAnything { get; init; }

    public static TurnCommit Of(OrchestrationState state, TurnIntake intake, TurnResult result, DateTimeOffset now) =>
        result.End is { Status: OrchestrationRuntimeStatus.ContinuedAsNew } end
            ? NewGeneration(state, intake, result, end, now)
            : SameGeneration(state, intake, result, now);

    /// <summary>The end of an instance whose turn storage cannot hold.</summary>
    public static TurnCommit TooLarge(OrchestrationState state, TurnIntake intake, string reason, DateTimeOffset now)
    {
        TaskFailureDetails failure = new(
            "CoinPay.Embedded.PayloadTooLarge", $"A step of '{state.Name}' is larger than storage holds: {reason}", null, null, null);
        HistoryEvent end = new(HistoryEventType.ExecutionCompleted, now)
        {
            Name = nameof(OrchestrationRuntimeStatus.Failed),
            Failure = failure,
            Sequence = state.Sequence,
            Turn = state.Turn + 1,
        };
        return new()
        {
            Next = state with
            {
                Status = OrchestrationRuntimeStatus.Failed,
                Failure = failure,
                UpdatedAt = now,
                Sequence = state.Sequence + 1,
                Turn = state.Turn + 1,
            },
            Events = [end],
            Consumed = intake.Consumed,
            Actions = [],
            ChangesAnything = true,
        };
    }

    private static TurnCommit SameGeneration(OrchestrationState state, TurnIntake intake, TurnResult result, DateTimeOffset now)
    {
        List<HistoryEvent> events = [.. intake.Fresh.Skip(intake.Stored)];
        void Append(HistoryEvent step) =>
            events.Add(step with { Sequence = state.Sequence + events.Count, Turn = state.Turn + 1 });

        foreach (HistoryEvent action in result.Actions)
            Append(action);
        OrchestrationState next = state with
        {
            UpdatedAt = now,
            // The very text if it is equal: where that stands is known, and a long one need not be stored with each turn.
            CustomStatus = result.CustomStatus == state.CustomStatus ? state.CustomStatus : result.CustomStatus,
            Status = OrchestrationRuntimeStatus.Running,
        };
        if (intake.Termination is { } termination)
        {
            next = next with
            {
                Status = OrchestrationRuntimeStatus.Terminated,
                Output = termination.Payload,
                CustomStatus = state.CustomStatus,
            };
            Append(new(HistoryEventType.ExecutionTerminated, now) { Input = termination.Payload });
        }
        else if (result.End is { } end)
        {
            next = next with { Status = end.Status, Output = end.Output, Failure = end.Failure };
            Append(new(HistoryEventType.ExecutionCompleted, now) { Name = end.Status.ToString(), Result = end.Output, Failure = end.Failure });
        }
        return new()
        {
            Next = next with { Sequence = state.Sequence + events.Count, Turn = state.Turn + 1 },
            Events = events,
            Consumed = intake.Consumed,
            Actions = result.Actions,
            ChangesAnything = intake.Fresh.Count > 0 || intake.Consumed.Count > 0 || events.Count > 0,
        };
    }

    /// <summary>The old generation's last events are not kept: its history goes with it.</summary>
    private static TurnCommit NewGeneration(
        OrchestrationState state, TurnIntake intake, TurnResult result, TurnEnd end, DateTimeOffset now)
    {
        HistoryEvent started = new(HistoryEventType.ExecutionStarted, now) { Name = state.Name, Turn = 1 };
        IEnumerable<HistoryEvent> carried = end.Carried.Select(
            (raised, i) => raised with { At = now, Sequence = i + 1, Turn = 1 });
        return new()
        {
            Next = state with
            {
                Generation = state.Generation + 1,
                Input = end.NextInput,
                Sequence = 1 + end.Carried.Count,
                Turn = 0,
                Status = OrchestrationRuntimeStatus.Running,
                UpdatedAt = now,
                StartAt = null,
            },
            Events = [started, .. carried],
            Consumed = intake.Consumed,
            Actions = result.Actions,
            ChangesAnything = true,
        };
    }
}
