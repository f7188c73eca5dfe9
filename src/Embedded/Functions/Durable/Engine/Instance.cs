using System.Collections.Concurrent;
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
internal sealed partial class Instance(string id, TaskHub hub)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    // Below: touched by the one who works only.
    private readonly List<HistoryEvent> _history = [];
    private readonly HashSet<(string ExecutionId, int Generation, int TaskId)> _underWay = [];
    private List<InstanceMessage> _taken = [];
    private IReadOnlyList<HistoryEvent> _toSendOff = [];
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
        foreach (HistoryEvent step in first.Open)
            IsSentOffFirst(_state, step);
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
        bool isOpen = Mail.TryCall(hub.Work.TryBegin, out bool begins);
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
        try
        {
            await WorkUntilRestAsync();
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
            hub.Work.End();
        }
        hub.Warm.Rested();
    }

    private async Task WorkUntilRestAsync()
    {
        for (TimeSpan retry = FirstRetry; ; retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry)
        {
            try
            {
                while ((!hub.IsStopping && await StepAsync()) || !Mail.TryRest())
                    retry = FirstRetry;
                return;
            }
            catch (Exception failure) when (StorageFault.Is(failure))
            {
                hub.Log.LogWarning("Instance {Instance} reads itself again: {Reason}", id, failure.Message);
                Forget(failure);
                await hub.PauseAsync(retry);
            }
        }
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
        Mail.PutBack(_taken.Where(message => !message.IsStored && !message.IsOffered));
        _taken = [];
    }

    /// <summary>Whether they were committed is not known: their senders hear what they would hear of a row that failed.</summary>
    private void RefuseTaken(Exception failure)
    {
        foreach (InstanceMessage offered in _taken.Where(message => message.IsOffered))
            offered.Refuse(failure);
    }

    private async Task EndAsync(RpcException refusal)
    {
        if (_state is { } ended)
            await SubOrchestration.TellParentAsync(hub, ended);
        Newborn? next = Mail.Close(refusal, out List<InboxItem> left);
        if (Listed is not null)
            Indexed.Add(Listed.ExecutionId);
        hub.Remove(this);
        if (next is null || next.State.ExecutionId == _state?.ExecutionId)
            return;
        hub.Warm.Begin(next);
        foreach (InboxItem item in left.Where(item => item.ExecutionId == next.State.ExecutionId))
            hub.Warm.Bring(id).TryPost(new(item));
    }

    /// <summary>False if it is under way already: whatever is read again from storage may have it open still.</summary>
    private bool IsSentOffFirst(OrchestrationState state, HistoryEvent step) =>
        _underWay.Add((state.ExecutionId, state.Generation, step.TaskId));

    private bool IsListed(OrchestrationState state) => Listed?.ExecutionId == state.ExecutionId;
}
