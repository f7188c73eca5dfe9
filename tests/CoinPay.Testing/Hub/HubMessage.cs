using DurableTask.Core.History;

namespace CoinPay.Testing.Hub;

/// <summary>A message in one of the hub's queues: what happened, or what is to be done, for one instance.</summary>
/// <param name="ExecutionId">Null addresses whichever execution is current, as messages of clients do.</param>
/// <param name="Generation">Of a start: how many executions under this id clients started before it.</param>
internal sealed record HubMessage(string InstanceId, string? ExecutionId, HistoryEvent Event, int? Generation = null)
{
    /// <summary>The event of the instance's history that this answers: an activity's, a timer's or a child's; otherwise null.</summary>
    public int? Answers => Event switch
    {
        TaskCompletedEvent completed => completed.TaskScheduledId,
        TaskFailedEvent failed => failed.TaskScheduledId,
        TimerFiredEvent fired => fired.TimerId,
        SubOrchestrationInstanceCompletedEvent completed => completed.TaskScheduledId,
        SubOrchestrationInstanceFailedEvent failed => failed.TaskScheduledId,
        _ => null,
    };
}
