using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace CoinPay.Embedded.Durable;

/// <summary>
/// What a turn writes, in one transaction: events in the sequence of the next state's generation, inbox rows consumed. Actions are what
/// the code asked for.
/// </summary>
internal sealed record TurnCommit(
    OrchestrationState Next,
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<string> Consumed,
    IReadOnlyList<HistoryEvent> Actions,
    bool ChangesAnything)
{
    public static TurnCommit Of(OrchestrationState state, TurnIntake intake, TurnResult result, DateTimeOffset now) =>
        result.End is { Status: OrchestrationRuntimeStatus.ContinuedAsNew } end
            ? NewGeneration(state, intake, result, end, now)
            : SameGeneration(state, intake, intake.Fresh.Skip(intake.Stored), result, now);

    /// <summary>The end of an instance whose turn storage cannot hold; what was new to that turn is not kept.</summary>
    public static TurnCommit TooLarge(OrchestrationState state, TurnIntake intake, string reason, DateTimeOffset now)
    {
        TaskFailureDetails failure = new(
            "CoinPay.Embedded.PayloadTooLarge", $"A step of '{state.Name}' is larger than storage holds: {reason}", null, null, null);
        TurnResult result = new() { CustomStatus = state.CustomStatus, End = TurnEnd.Failed(failure) };
        return SameGeneration(state, intake, [], result, now);
    }

    private static TurnCommit SameGeneration(
        OrchestrationState state, TurnIntake intake, IEnumerable<HistoryEvent> news, TurnResult result, DateTimeOffset now)
    {
        List<HistoryEvent> events = [.. news];
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
        if (result.End is { } end)
        {
            next = next with { Status = end.Status, Output = end.Output, Failure = end.Failure };
            Append(new(HistoryEventType.ExecutionCompleted, now) { Name = end.Status.ToString(), Result = end.Output, Failure = end.Failure });
        }
        else if (intake.Termination is { } termination)
        {
            next = next with { Status = OrchestrationRuntimeStatus.Terminated, Output = termination.Payload };
            Append(new(HistoryEventType.ExecutionTerminated, now) { Input = termination.Payload });
        }
        return new(
            next with { Sequence = state.Sequence + events.Count, Turn = state.Turn + 1 },
            events,
            intake.Consumed,
            result.Actions,
            ChangesAnything: intake.Fresh.Count > 0 || intake.Consumed.Count > 0 || events.Count > 0);
    }

    /// <summary>The old generation's last events are not kept: its history goes with it.</summary>
    private static TurnCommit NewGeneration(
        OrchestrationState state, TurnIntake intake, TurnResult result, TurnEnd end, DateTimeOffset now)
    {
        HistoryEvent started = new(HistoryEventType.ExecutionStarted, now) { Name = state.Name, Turn = 1 };
        IEnumerable<HistoryEvent> carried = end.Carried.Select(
            (raised, i) => raised with { At = now, Sequence = i + 1, Turn = 1 });
        OrchestrationState next = state with
        {
            Generation = state.Generation + 1,
            Input = end.NextInput,
            Sequence = 1 + end.Carried.Count,
            Turn = 0,
            Status = OrchestrationRuntimeStatus.Running,
            UpdatedAt = now,
            StartAt = null,
        };
        return new(next, [started, .. carried], intake.Consumed, result.Actions, ChangesAnything: true);
    }
}
