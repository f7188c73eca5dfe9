namespace CoinPay.Embedded.Durable;

/// <summary>What a turn begins with: messages as events of the history, those that are no news left out.</summary>
internal sealed class TurnIntake
{
    /// <summary>The result of a turn in which no code ran.</summary>
    public static readonly TurnResult Nothing = new() { Actions = [], Open = [] };

    private readonly OrchestrationState _state;
    private readonly IReadOnlyDictionary<int, HistoryEvent>? _open;
    private readonly DateTimeOffset _now;
    private readonly HashSet<int> _settled = [];
    private readonly List<HistoryEvent> _fresh;
    private readonly List<string> _consumed = [];

    public TurnIntake(
        OrchestrationState state, IReadOnlyList<HistoryEvent> history, IReadOnlyDictionary<int, HistoryEvent>? open, DateTimeOffset now)
    {
        _state = state;
        _open = open;
        _now = now;
        Past = [.. history.TakeWhile(step => step.Turn <= state.Turn)];
        _fresh = [.. history.Skip(Past.Count)];
        Stored = _fresh.Count;
    }

    public IReadOnlyList<HistoryEvent> Past { get; }

    /// <summary>What the code has not seen yet.</summary>
    public IReadOnlyList<HistoryEvent> Fresh => _fresh;

    /// <summary>How many of <see cref="Fresh"/> are in storage already: the start of an instance or generation.</summary>
    public int Stored { get; }

    /// <summary>Inbox rows that the turn deletes.</summary>
    public IReadOnlyList<string> Consumed => _consumed;

    /// <summary>Set if somebody wants the instance ended; no code is run then.</summary>
    public InboxItem? Termination { get; private set; }

    public void Add(InstanceMessage message)
    {
        switch (message)
        {
            case InstanceMessage.TaskEnded ended when IsAwaited(ended.Generation, ended.TaskId):
                Append(new(ended.Failure is null ? HistoryEventType.TaskCompleted : HistoryEventType.TaskFailed, _now)
                {
                    TaskId = ended.TaskId,
                    Name = _open![ended.TaskId].Name,
                    Result = ended.Result,
                    Failure = ended.Failure,
                });
                break;
            case InstanceMessage.Arrived arrived:
                _consumed.Add(arrived.Item.RowKey);
                Add(arrived.Item);
                break;
            case InstanceMessage.Offered offered:
                Add(offered.Item);
                break;
        }
    }

    /// <summary>A timer whose time has come.</summary>
    public void Add(HistoryEvent timer)
    {
        if (_settled.Add(timer.TaskId))
            Append(new(HistoryEventType.TimerFired, _now) { TaskId = timer.TaskId, FireAt = timer.FireAt });
    }

    private void Add(InboxItem item)
    {
        if (item.Type == HistoryEventType.ExecutionTerminated)
            Termination ??= item;
        else if (item.Type == HistoryEventType.EventRaised)
            Append(new(HistoryEventType.EventRaised, _now) { Name = item.Name, Input = item.Payload });
        else if (IsAwaited(item.Generation, item.TaskId))
            Append(new(item.Type, _now)
            {
                TaskId = item.TaskId,
                Name = _open![item.TaskId].Name,
                Result = item.Payload,
                Failure = item.Failure,
            });
    }

    /// <summary>Once only: a second outcome of one step, or one for an earlier generation, is no news.</summary>
    private bool IsAwaited(int generation, int taskId) =>
        generation == _state.Generation && _open?.ContainsKey(taskId) == true && _settled.Add(taskId);

    private void Append(HistoryEvent step) =>
        _fresh.Add(step with { Sequence = _state.Sequence + _fresh.Count - Stored, Turn = _state.Turn + 1 });
}
