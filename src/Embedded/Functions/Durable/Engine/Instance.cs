using System.Collections.Concurrent;
using Azure;
using CoinPay.Embedded.Durable.Storage;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>What reaches an instance: an outcome known to this process only, or an item that is stored already.</summary>
internal abstract record InstanceMessage
{
    /// <summary>An activity's outcome. Lost with the process, in which case the activity runs again.</summary>
    public sealed record TaskEnded(int Generation, int TaskId, string? Result, TaskFailureDetails? Failure) : InstanceMessage;

    public sealed record TimerDue(int Generation, int TaskId) : InstanceMessage;

    public sealed record Arrived(InboxItem Item) : InstanceMessage;
}

/// <summary>
/// One orchestration in memory: its mailbox, its committed history, and one turn at a time. All that it knows can be thrown away at
/// any moment and read again from storage.
/// </summary>
internal sealed class Instance(string id, TaskHub hub)
{
    /// <summary>Bounds a turn's transaction: each message may delete one row and write one.</summary>
    private const int MaxMessagesPerTurn = 40;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<InstanceMessage> _mailbox = [];
    private readonly HashSet<string> _inboxKnown = [];
    private OrchestrationState? _next;
    private bool _working;

    private enum Step
    {
        Done,
        Failed,
    }

    // Below: touched by the one working turn only.
    private readonly List<HistoryEvent> _history = [];
    private readonly HashSet<int> _underWay = [];
    private List<InstanceMessage> _taken = [];
    private string _tooLarge = string.Empty;
    private OrchestrationState? _state;
    private Dictionary<int, HistoryEvent>? _open;

    public string Id => id;

    /// <summary>Executions of this id that stand in the index of running ones.</summary>
    public ConcurrentBag<string> Indexed { get; } = [];

    public bool HasEnded { get; private set; }

    /// <summary>The execution in memory; null while the instance has not been read.</summary>
    public string? ExecutionId { get; private set; }

    /// <summary>False while this is still in work, as on an ended execution that it has read: then the new one begins after its end.</summary>
    public bool IsReplacedBy(OrchestrationState created)
    {
        lock (_gate)
        {
            if (!HasEnded)
                _next = created;
            return HasEnded;
        }
    }

    /// <summary>Takes over what was just created, so that it need not be read back.</summary>
    public void Adopt(OrchestrationState created)
    {
        _state = created;
        ExecutionId = created.ExecutionId;
        _history.Add(new(HistoryEventType.ExecutionStarted, created.StartAt ?? created.CreatedAt) { Name = created.Name, Turn = 1 });
    }

    public void Post(InstanceMessage message)
    {
        lock (_gate)
        {
            if (message is InstanceMessage.Arrived arrived && !_inboxKnown.Add(arrived.Item.RowKey))
                return;
            _mailbox.Add(message);
        }
        Wake();
    }

    /// <summary>Works on until there is nothing to do.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_working || HasEnded || !hub.TryBeginWork())
                return;
            _working = true;
        }
        _ = hub.Background.Run(WorkAsync);
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
            lock (_gate)
                _working = false;
        }
        finally
        {
            hub.EndWork();
        }
    }

    /// <summary>Null when work is over.</summary>
    private async Task<Step?> StepOrForgetAsync()
    {
        try
        {
            return (!hub.IsStopping && await StepAsync()) || HasMore() ? Step.Done : null;
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            hub.Log.LogWarning("Instance {Instance} reads itself again: {Reason}", id, failure.Message);
            Forget();
            return Step.Failed;
        }
    }

    /// <summary>Decides under the lock that work is over, so that a message posted meanwhile starts it anew.</summary>
    private bool HasMore()
    {
        lock (_gate)
        {
            if (_mailbox.Count > 0 && !HasEnded && (_open is not null || IsToEnd()) && !hub.IsStopping)
                return true;
            _working = false;
            return false;
        }
    }

    /// <summary>One turn; false if there was nothing to do.</summary>
    private async Task<bool> StepAsync()
    {
        if (HasEnded || (_state is null && !await ReadAsync()))
            return false;
        if (_state is not { } state || state.HasEnded)
        {
            await EndAsync();
            return false;
        }
        bool isToEnd = false;
        if (state is { Turn: 0, StartAt: { } start } && start > hub.Time.GetUtcNow())
        {
            hub.Alarms.Set(start, Wake);
            isToEnd = IsToEnd();
            if (!isToEnd)
                return false;
        }
        _taken = _open is null && !isToEnd ? [] : TakeMail();
        if (_open is not null && _taken.Count == 0)
            return false;
        await TurnAsync(state, _taken);
        _taken = [];
        return true;
    }

    private async Task TurnAsync(OrchestrationState state, List<InstanceMessage> messages)
    {
        TurnIntake intake = new(state, _history, _open, hub.Time.GetUtcNow());
        foreach (InstanceMessage message in messages)
            intake.Add(message);
        TurnResult result = intake.Termination is null ? await hub.RunTurnAsync(state, intake) : TurnIntake.Nothing;
        TurnCommit commit = TurnCommit.Of(state, intake, result, hub.Time.GetUtcNow());
        if (commit.ChangesAnything && !await TryCommitAsync(commit))
        {
            // Batches that went before the refused one have moved the ETag on.
            OrchestrationState? current = await hub.Store.GetStateAsync(id, CancellationToken.None);
            commit = TurnCommit.TooLarge(
                state with { ETag = current?.ETag ?? state.ETag }, intake, _tooLarge, hub.Time.GetUtcNow());
            result = TurnIntake.Nothing;
            await CommitAsync(commit);
        }
        if (_state!.Generation != state.Generation)
        {
            _underWay.Clear();
            _open = null;
            hub.SendOff(this, state, commit.Actions);
            hub.RemoveStale(_state);
            return;
        }
        _open = result.Open.ToDictionary(step => step.TaskId);
        if (_state.HasEnded)
        {
            hub.SendOff(this, state, commit.Actions);
            await EndAsync();
        }
        else
            // By their times: several may be overdue after a start, and the earliest rings first.
            hub.SendOff(this, _state, result.Open.Where(step => _underWay.Add(step.TaskId)).OrderBy(step => step.FireAt));
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
        _state = await hub.Store.CommitAsync(
            commit.Next, commit.Events, commit.Consumed, newInput: commit.Next.Generation != before.Generation, CancellationToken.None);
        if (_state.Generation != before.Generation)
            _history.Clear();
        _history.AddRange(commit.Events);
        lock (_gate)
            _inboxKnown.ExceptWith(commit.Consumed);
        hub.Changed(id);
    }

    /// <summary>False if there is no such instance.</summary>
    private async Task<bool> ReadAsync()
    {
        lock (_gate)
        {
            _mailbox.RemoveAll(message => message is InstanceMessage.Arrived);
            _inboxKnown.Clear();
        }
        StoredInstance? stored = await hub.ReadAsync(id);
        if (stored is null)
        {
            HasEnded = true;
            hub.Remove(this, null);
            return false;
        }
        _state = stored.State;
        ExecutionId = stored.State.ExecutionId;
        _history.Clear();
        _history.AddRange(stored.History);
        lock (_gate)
        {
            // What was posted while the read was under way stays, behind what storage had before.
            _mailbox.InsertRange(
                0, stored.Inbox.Where(item => _inboxKnown.Add(item.RowKey)).Select(item => new InstanceMessage.Arrived(item)));
        }
        return true;
    }

    /// <summary>Throws away what may differ from storage. Outcomes that this process alone knows wait for the next turn.</summary>
    private void Forget()
    {
        _state = null;
        _open = null;
        _history.Clear();
        lock (_gate)
            _mailbox.InsertRange(0, _taken.Where(message => message is not InstanceMessage.Arrived));
        _taken = [];
    }

    private async Task EndAsync()
    {
        if (_state is { } ended)
            await hub.TellParentAsync(ended);
        lock (_gate)
        {
            HasEnded = true;
            _mailbox.Clear();
        }
        hub.Remove(this, _state);
        if (_next is { } next && next.ExecutionId != _state?.ExecutionId)
            hub.Begin(next);
    }

    private bool IsToEnd()
    {
        lock (_gate)
            return _mailbox.Take(MaxMessagesPerTurn)
                .Any(message => message is InstanceMessage.Arrived { Item.Type: HistoryEventType.ExecutionTerminated });
    }

    private List<InstanceMessage> TakeMail()
    {
        lock (_gate)
        {
            int count = Math.Min(MaxMessagesPerTurn, _mailbox.Count);
            List<InstanceMessage> taken = _mailbox.GetRange(0, count);
            _mailbox.RemoveRange(0, count);
            return taken;
        }
    }
}
