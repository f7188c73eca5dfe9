using DurableTask.Core.Command;
using DurableTask.Core.History;

namespace CoinPay.Simulation.Golden;

/// <summary>An orchestrator's action, in the same form whether it is new or read from a history.</summary>
internal static class Asked
{
    /// <summary>Null for an event about something else.</summary>
    public static string? Of(HistoryEvent step) => step switch
    {
        TaskScheduledEvent task => $"activity {task.EventId} {task.Name}({task.Input})",
        TimerCreatedEvent timer => $"timer {timer.EventId} at {timer.FireAt:O}",
        SubOrchestrationInstanceCreatedEvent child => $"child {child.EventId} {child.Name}({child.Input})",
        EventSentEvent sent => $"event {sent.EventId} {sent.Name}({sent.Input}) to {sent.InstanceId}",
        ExecutionCompletedEvent end => $"end {end.EventId} {end.OrchestrationStatus} {end.Result}",
        _ => null,
    };

    public static string Of(OrchestratorAction action) => action switch
    {
        ScheduleTaskOrchestratorAction task => $"activity {task.Id} {task.Name}({task.Input})",
        CreateTimerOrchestratorAction timer => $"timer {timer.Id} at {timer.FireAt:O}",
        CreateSubOrchestrationAction child => $"child {child.Id} {child.Name}({child.Input})",
        SendEventOrchestratorAction sent => $"event {sent.Id} {sent.EventName}({sent.EventData}) to {sent.Instance?.InstanceId}",
        OrchestrationCompleteOrchestratorAction end => $"end {end.Id} {end.OrchestrationStatus} {end.Result}",
        _ => throw new NotSupportedException(action.GetType().Name),
    };
}
