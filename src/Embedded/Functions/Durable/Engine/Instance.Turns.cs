using Azure;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Durable;

/// <summary>A turn, its commit, and what follows from it.</summary>
internal sealed partial class Instance
{
    /// <summary>One turn; false if there was nothing to do.</summary>
    private async Task<bool> StepAsync()
    {
        LastUsed = hub.Warm.NextUse();
        if (Mail.IsClosed || (_state is null && !await ReadAsync()))
            return false;
        OrchestrationState state = _state!;
        hub.SendOff(this, state, _toSendOff);
        _toSendOff = [];
        if (state.HasEnded)
        {
            await EndAsync(NotRunning());
            return false;
        }
        bool isToEnd = false;
        if (IsForLater(state))
        {
            Mail.DeclineOffers();
            isToEnd = Mail.HasTermination(state.ExecutionId);
        }
        _taken = _open is null && !isToEnd ? [] : Mail.Take();
        List<HistoryEvent> due = _open is null ? [] : Due();
        if (isToEnd || _taken.Count > 0 || due.Count > 0 || (_open is null && !IsForLater(state)))
        {
            await TurnAsync(state, due);
            return true;
        }
        hub.Alarms.Set(id, NextDue());
        return false;
    }

    private async Task TurnAsync(OrchestrationState state, List<HistoryEvent> due)
    {
        TurnIntake intake = new(state, _history, _open, hub.Time.GetUtcNow());
        foreach (InstanceMessage message in _taken)
            intake.Add(message.Item);
        foreach (HistoryEvent timer in due)
            intake.Add(timer);
        TurnResult result = intake.Termination is null
            ? await hub.RunTurnAsync(state, intake)
            : new() { CustomStatus = state.CustomStatus };
        TurnCommit commit = TurnCommit.Of(state, intake, result, hub.Time.GetUtcNow());
        if (commit.ChangesAnything)
            commit = await CommitOrFailAsync(commit, state, intake);
        foreach (InstanceMessage offered in _taken.Where(message => message.IsOffered))
            offered.Answer(committed: true);
        _taken = [];
        if (_state!.Generation != state.Generation)
        {
            _underWay.Clear();
            _open = null;
            hub.SendOff(this, state, commit.Actions);
            hub.RemoveStale(_state, state);
            return;
        }
        _open = result.Open.ToDictionary(step => step.TaskId);
        hub.SendOff(this, _state, _state.HasEnded ? commit.Actions : result.Open.Where(step => IsSentOffFirst(_state, step)));
    }

    /// <summary>What storage cannot hold, whatever one tries, fails the instance; gives what was committed.</summary>
    private async Task<TurnCommit> CommitOrFailAsync(TurnCommit commit, OrchestrationState state, TurnIntake intake)
    {
        try
        {
            await CommitAsync(commit);
            return commit;
        }
        catch (RequestFailedException refused) when (StorageFault.IsTooLarge(refused))
        {
            // Batches that went before the refused one have moved the ETag on.
            OrchestrationState? current = await hub.Store.GetStateAsync(id, withTexts: false, CancellationToken.None);
            state = state with { ETag = current?.ETag ?? state.ETag };
            TurnCommit end = TurnCommit.TooLarge(state, intake, refused.ErrorCode ?? refused.Message, hub.Time.GetUtcNow());
            await CommitAsync(end);
            return end;
        }
    }

    private async Task CommitAsync(TurnCommit commit)
    {
        OrchestrationState before = _state!;
        if (!IsListed(before))
            Listed = await hub.Index.PutAsync(id, before.ExecutionId);
        _state = await hub.Store.CommitAsync(
            commit.Next, commit.Events, commit.Consumed, newInput: commit.Next.Generation != before.Generation, CancellationToken.None);
        if (_state.Generation != before.Generation)
            _history.Clear();
        _history.AddRange(commit.Events);
        Mail.Consumed(commit.Consumed);
        hub.Changed(id);
    }

    private bool IsForLater(OrchestrationState state) => state is { Turn: 0, StartAt: { } start } && start > hub.Time.GetUtcNow();

    private IEnumerable<HistoryEvent> Timers() =>
        _open?.Values.Where(step => step.Type == HistoryEventType.TimerCreated) ?? [];

    /// <summary>Timers whose time has come, in the order of their times.</summary>
    private List<HistoryEvent> Due() =>
        [.. Timers().Where(timer => timer.FireAt <= hub.Time.GetUtcNow()).OrderBy(timer => timer.FireAt).ThenBy(timer => timer.TaskId)];

    private DateTimeOffset? NextDue() => _open is null ? _state!.StartAt : Timers().Min(timer => timer.FireAt);
}
