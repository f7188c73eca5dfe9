using System.Collections.Concurrent;
using Azure;
using CoinPay.Embedded.Durable.Storage;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>An execution that was just stored, with what its first turn asked for; <paramref name="First"/> is null if none was run.</summary>
internal sealed record Newborn(OrchestrationState State, IReadOnlyList<HistoryEvent> History, TurnResult? First, RunningRow Listed);

/// <summary>
/// One orchestration in memory: its mailbox, its committed history, and one turn at a time. All that it knows can be thrown away at
/// any moment and read again from storage.
/// </summary>
internal sealed class Instance(string id, TaskHub hub)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private enum Step
    {
        Done,
        Failed,
    }

    // Below: touched by the one who works only.
    private readonly List<HistoryEvent> _history = [];
    private readonly HashSet<int> _underWay = [];
    private List<InstanceMessage> _taken = [];
    private IReadOnlyList<HistoryEvent> _toSendOff = [];
    private string _tooLarge = string.Empty;
    private OrchestrationState? _state;
    private Dictionary<int, HistoryEvent>? _open;

    public string Id => id;

    public Mailbox Mail { get; } = new();

    /// <summary>When it last had something to do, in the hub's count.</summary>
    public long LastUsed { get; private set; }

    /// <summary>Executions of this id that stand in the index of running ones.</summary>
    public ConcurrentBag<string> Indexed { get; } = [];

    /// <summary>The index's word that this execution may have work to do; without it nothing is committed.</summary>
    public RunningRow? Listed { get; set; }

    public static RpcException NotFound(string instanceId) =>
        new(new(StatusCode.NotFound, $"No instance with ID '{instanceId}' was found."));

    public static RpcException NotRunning() => new(new(
        StatusCode.FailedPrecondition, "The orchestration instance with the provided instance id is not running."));

    /// <summary>Takes over what was just created, so that it need not be read back; unless its first turn was run elsewhere.</summary>
    public void Adopt(Newborn created)
    {
        Listed = created.Listed;
        if (created.History.Count == 0)
            return;
        _state = created.State;
        _history.AddRange(created.History);
        if (created.First is not { } first)
            return;
        _open = first.Open.ToDictionary(step => step.TaskId);
        _underWay.UnionWith(_open.Keys);
        _toSendOff = _state.HasEnded ? first.Actions : first.Open;
    }

    /// <summary>False once closed: there is or will be another instance of this id.</summary>
    public bool TryPost(InstanceMessage message)
    {
        bool posted = Mail.TryPost(message);
        Wake();
        return posted;
    }

    /// <summary>Works on until there is nothing to do; false once closed.</summary>
    public bool Wake()
    {
        bool isOpen = Mail.TryCall(hub.TryBeginWork, out bool begins);
        if (begins)
            _ = hub.Background.Run(WorkAsync);
        return isOpen;
    }

    /// <summary>
    /// The row that puts this away, without an ETag if none need be written; null if there is something to do. Otherwise
    /// <see cref="LeaveOrStay"/> must follow.
    /// </summary>
    public RunningRow? TryBeginPutAway()
    {
        if (!Mail.TryBeginPutAway())
            return null;
        if (_toSendOff.Count == 0 && _state is { HasEnded: false } state && (_open is not null || IsForLater(state)))
            return new(id, state.ExecutionId, IsPutAway: true, NextDue()) { ETag = IsListed(state) ? Listed!.ETag : default };
        if (Mail.Stay())
            Wake();
        return null;
    }

    /// <summary>After the attempt to put this away; true if it leaves memory.</summary>
    public bool LeaveOrStay(bool isPutAway)
    {
        Listed = null; // Whether the row was written is not known after a failure: another will precede the next commit.
        if (isPutAway && Mail.TryLeave())
            return true;
        Mail.Stay();
        Wake();
        return false;
    }

    private async Task WorkAsync()
    {
        TimeSpan retry = FirstRetry;
        try
        {
            while (await StepOrForgetAsync() is { } did)
            {
                if (did == Step.Failed)
                {
                    await hub.PauseAsync(retry);
                    retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
                }
                else
                    retry = FirstRetry;
            }
        }
        catch (Exception bug)
        {
            hub.Log.LogCritical(bug, "Instance {Instance} stands still", id);
            RefuseTaken(bug);
            _open = null; // Keeps it from being put away as if it had nothing to do.
            Mail.Stay();
        }
        finally
        {
            hub.EndWork();
        }
        hub.Warm.Rested();
    }

    /// <summary>Null when work is over.</summary>
    private async Task<Step?> StepOrForgetAsync()
    {
        try
        {
            return (!hub.IsStopping && await StepAsync()) || !Mail.TryRest() ? Step.Done : null;
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            hub.Log.LogWarning("Instance {Instance} reads itself again: {Reason}", id, failure.Message);
            Forget(failure);
            return Step.Failed;
        }
    }

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
            isToEnd = Mail.HasTermination;
        }
        _taken = _open is null && !isToEnd ? [] : Mail.Take();
        List<HistoryEvent> due = _open is null ? [] : Due();
        if (isToEnd || _taken.Count > 0 || due.Count > 0 || (_open is null && !IsForLater(state)))
        {
            await TurnAsync(state, _taken, due);
            _taken = [];
            return true;
        }
        hub.Alarms.Set(id, NextDue());
        return false;
    }

    private async Task TurnAsync(OrchestrationState state, List<InstanceMessage> messages, List<HistoryEvent> due)
    {
        TurnIntake intake = new(state, _history, _open, hub.Time.GetUtcNow());
        foreach (InstanceMessage message in messages)
            intake.Add(message);
        foreach (HistoryEvent timer in due)
            intake.Add(timer);
        TurnResult result = intake.Termination is null ? await hub.RunTurnAsync(state, intake) : TurnIntake.Nothing;
        TurnCommit commit = TurnCommit.Of(state, intake, result, hub.Time.GetUtcNow());
        if (commit.ChangesAnything && !await TryCommitAsync(commit))
        {
            // Batches that went before the refused one have moved the ETag on.
            OrchestrationState? current = await hub.Store.GetStateAsync(id, withTexts: false, CancellationToken.None);
            commit = TurnCommit.TooLarge(
                state with { ETag = current?.ETag ?? state.ETag }, intake, _tooLarge, hub.Time.GetUtcNow());
            result = TurnIntake.Nothing;
            await CommitAsync(commit);
        }
        foreach (InstanceMessage.Offered offered in messages.OfType<InstanceMessage.Offered>())
            offered.Answer(committed: true);
        if (_state!.Generation != state.Generation)
        {
            _underWay.Clear();
            _open = null;
            hub.SendOff(this, state, commit.Actions);
            hub.RemoveStale(_state, state);
            return;
        }
        _open = result.Open.ToDictionary(step => step.TaskId);
        hub.SendOff(this, _state, _state.HasEnded ? commit.Actions : result.Open.Where(step => _underWay.Add(step.TaskId)));
    }

    /// <summary>False if storage cannot hold it, whatever one tries.</summary>
    private async Task<bool> TryCommitAsync(TurnCommit commit)
    {
        try
        {
            await CommitAsync(commit);
            return true;
        }
        catch (RequestFailedException refused) when (StorageFault.IsTooLarge(refused))
        {
            _tooLarge = refused.ErrorCode ?? refused.Message;
            return false;
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

    /// <summary>False if there is no such instance.</summary>
    private async Task<bool> ReadAsync()
    {
        Mail.ForgetArrived();
        StoredInstance? stored = await hub.ReadAsync(id);
        if (stored is null)
        {
            await EndAsync(NotFound(id));
            return false;
        }
        _state = stored.State;
        _history.Clear();
        _history.AddRange(stored.History);
        Mail.PutFirst(stored.Inbox);
        return true;
    }

    /// <summary>Throws away what may differ from storage. Outcomes that this process alone knows wait for the next turn.</summary>
    private void Forget(Exception failure)
    {
        _state = null;
        _open = null;
        _history.Clear();
        RefuseTaken(failure);
        Mail.PutBack(_taken.OfType<InstanceMessage.TaskEnded>());
        _taken = [];
    }

    /// <summary>Whether they were committed is not known: their senders hear what they would hear of a row that failed.</summary>
    private void RefuseTaken(Exception failure)
    {
        foreach (InstanceMessage.Offered offered in _taken.OfType<InstanceMessage.Offered>())
            offered.Refuse(failure);
    }

    private async Task EndAsync(RpcException refusal)
    {
        if (_state is { } ended)
            await hub.TellParentAsync(ended);
        Newborn? next = Mail.Close(refusal, out List<InboxItem> left);
        if (Listed is not null)
            Indexed.Add(Listed.ExecutionId);
        hub.Remove(this);
        if (next is null || next.State.ExecutionId == _state?.ExecutionId)
            return;
        hub.Warm.Begin(next);
        foreach (InboxItem item in left.Where(item => item.ExecutionId == next.State.ExecutionId))
            hub.Warm.Bring(id).TryPost(new InstanceMessage.Arrived(item));
    }

    private bool IsListed(OrchestrationState state) => Listed?.ExecutionId == state.ExecutionId;

    private bool IsForLater(OrchestrationState state) => state is { Turn: 0, StartAt: { } start } && start > hub.Time.GetUtcNow();

    private IEnumerable<HistoryEvent> Timers() =>
        _open?.Values.Where(step => step.Type == HistoryEventType.TimerCreated) ?? [];

    /// <summary>Timers whose time has come, in the order of their times.</summary>
    private List<HistoryEvent> Due() =>
        [.. Timers().Where(timer => timer.FireAt <= hub.Time.GetUtcNow()).OrderBy(timer => timer.FireAt).ThenBy(timer => timer.TaskId)];

    private DateTimeOffset? NextDue() => _open is null ? _state!.StartAt : Timers().Min(timer => timer.FireAt);
}
