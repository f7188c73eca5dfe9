using DurableTask.Core;
using DurableTask.Core.History;

namespace CoinPay.Testing.Hub;

/// <summary>
/// One process's part in a hub: it listens to the queues and runs turns and activities. What it knows dies with it; what it had taken
/// comes back to the next one. Requests of a turn are in the backend's order: read the history, send, commit, update the row, delete
/// what was taken in.
/// </summary>
/// <param name="begin">Begins a piece of work on the process's own flow, never on the stack of whoever sent a message.</param>
internal sealed class HubWorker(MemoryHub hub, HubFunctions functions, HubDoor door, Action<Func<Task>> begin)
{
    /// <summary>Instances with a turn under way: their other messages wait for its end.</summary>
    private readonly HashSet<string> _busy = new(StringComparer.Ordinal);

    private bool _isLooking;

    /// <summary>Listens from now on.</summary>
    public void Start()
    {
        hub.Control.Arrived = hub.Work.Arrived = Look;
        Look();
    }

    private void Look()
    {
        if (_isLooking)
            return;
        _isLooking = true;
        begin(TakeAsync);
    }

    private Task TakeAsync()
    {
        _isLooking = false;
        foreach (IGrouping<string, QueuedMessage> batch in hub.Control.Visible
            .Where(message => !_busy.Contains(message.Message.InstanceId))
            .GroupBy(message => message.Message.InstanceId, StringComparer.Ordinal)
            .ToList())
        {
            _busy.Add(batch.Key);
            QueuedMessage[] messages = Take(hub.Control, batch);
            begin(() => WorkAsync(batch.Key, messages));
        }
        foreach (QueuedMessage activity in Take(hub.Work, hub.Work.Visible))
            begin(() => GuardAsync(hub.Work, [activity], () => RunActivityAsync(activity)));
        return Task.CompletedTask;
    }

    private static QueuedMessage[] Take(HubQueue queue, IEnumerable<QueuedMessage> messages)
    {
        QueuedMessage[] taken = [.. messages];
        foreach (QueuedMessage message in taken)
            queue.Take(message);
        return taken;
    }

    private async Task WorkAsync(string instanceId, IReadOnlyList<QueuedMessage> messages)
    {
        await GuardAsync(hub.Control, messages, () => RunTurnAsync(instanceId, messages));
        _busy.Remove(instanceId);
        Look();
    }

    /// <summary>Abandons work that storage refused; its messages are retried later.</summary>
    private static async Task GuardAsync(HubQueue queue, IReadOnlyList<QueuedMessage> messages, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception refused) when (refused is Azure.RequestFailedException or HubConflictException)
        {
            foreach (QueuedMessage message in messages)
                queue.Release(message);
        }
    }

    private async Task RunTurnAsync(string instanceId, IReadOnlyList<QueuedMessage> messages)
    {
        HubInstance instance = await door.PassAsync(HubAction.ReadHistory, instanceId, () => hub.Find(instanceId) ?? new(instanceId));
        TurnIntake intake = new(instance, messages);
        foreach (QueuedMessage early in intake.Deferred)
            await door.PassAsync(HubAction.ReleaseMessage, instanceId, () => hub.Control.Release(early));
        if (intake is { IsOver: true } && instance.Row is not { IsOver: true })
            await UpdateRowAsync(instance, new([.. instance.History]));
        if (intake.Taken.Count > 0)
            await CommitAsync(instance, Turn.Run(hub, functions, intake.History, intake.Taken.Select(message => message.Message.Event)));
        foreach (QueuedMessage done in intake.Taken.Concat(intake.Discarded))
            await DeleteAsync(hub.Control, done);
    }

    private async Task CommitAsync(HubInstance instance, Turn turn)
    {
        foreach (HubMessage message in turn.Sent)
            await door.PassAsync(HubAction.Send, message.InstanceId, () => hub.Send(message));
        await door.PassAsync(HubAction.CommitHistory, instance.Id, () => hub.CommitHistory(instance, [.. turn.State.Events]));
        await UpdateRowAsync(instance, turn.State);
    }

    private Task UpdateRowAsync(HubInstance instance, OrchestrationRuntimeState state) =>
        door.PassAsync(HubAction.UpdateRow, instance.Id, () => hub.UpdateRow(instance.Id, new(
            state.Name, state.Version, state.OrchestrationInstance!.ExecutionId, instance.Row?.Generation ?? 0, new(state.CreatedTime), state.Input)
        {
            Status = state.OrchestrationStatus,
            UpdatedAt = new(state.Events[^1].Timestamp),
            Output = state.Output,
            CustomStatus = state.Status ?? instance.Row?.CustomStatus,
            Failure = state.FailureDetails,
        }));

    private async Task RunActivityAsync(QueuedMessage queued)
    {
        (string instanceId, string? executionId, HistoryEvent happened, _) = queued.Message;
        HistoryEvent outcome = await OutcomeAsync((TaskScheduledEvent)happened);
        await door.PassAsync(HubAction.Send, instanceId, () =>
        {
            outcome.Timestamp = hub.Now.UtcDateTime;
            hub.Send(new(instanceId, executionId, outcome));
        });
        await DeleteAsync(hub.Work, queued);
    }

    private async Task<HistoryEvent> OutcomeAsync(TaskScheduledEvent task)
    {
        try
        {
            return new TaskCompletedEvent(-1, task.EventId, await functions.RunActivityAsync(task.Name!, task.Input));
        }
        catch (Exception failure)
        {
            // The extension does not let an activity be tried again that the build does not have.
            FailureDetails details = failure is MissingMethodException
                ? new("ActivityNotFound", failure.Message, null, null, isNonRetriable: true)
                : new(failure);
            return new TaskFailedEvent(-1, task.EventId, $"Function '{task.Name}' failed with an unhandled exception.", null, details);
        }
    }

    private Task DeleteAsync(HubQueue queue, QueuedMessage message) =>
        door.PassAsync(HubAction.DeleteMessage, message.Message.InstanceId, () => queue.Delete(message));
}
