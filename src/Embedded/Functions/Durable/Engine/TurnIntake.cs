namespace CoinPay.Embedded.Durable;

/// <summary>What a turn begins with: messages as events of the history, those that are no news left out.</summary>
internal sealed class TurnIntake(
    OrchestrationState state, IReadOnlyList<HistoryEvent> history, IReadOnlyDictionary<int, HistoryEvent>? open, DateTimeOffset now)
{
    private readonly HashSet<int> _settled = [];
    private readonly List<HistoryEvent> _fresh = [.. history.Where(step => step.Turn > state.Turn)];
    private readonly List<string> _consumed = [];

    public IReadOnlyList<HistoryEvent> Past { get; } = [.. history.Where(step => step.Turn <= state.Turn)];

    /// <summary>What the code has not seen yet.</summary>
    public IReadOnlyList<HistoryEvent> Fresh => _fresh;

    /// <summary>How many of <see cref="Fresh"/> are in storage already: the start of an instance or generation.</summary>
    public int Stored { get; } = history.Count(step => step.Turn > state.Turn);

    /// <summary>Inbox rows that the turn deletes.</summary>
    public IReadOnlyList<string> Consumed => _consumed;

    /// <summary>Set if somebody wants the instance ended; no code is run then.</summary>
    public InboxItem? Termination { get; private set; }

    public void Add(InboxItem item)
    {
        if (item.RowKey.Length > 0)
            _consumed.Add(item.RowKey);
        if (!item.IsFor(state.ExecutionId))
            return;
        if (item.Type == HistoryEventType.ExecutionTerminated)
            Termination ??= item;
        else if (item.Type == HistoryEventType.EventRaised)
            Append(new(item.Type, now) { Name = item.Name, Input = item.Payload });
        else if (IsAwaited(item.Generation, item.TaskId))
            Append(new(item.Type, now)
            {
                TaskId = item.TaskId,
                Name = open![item.TaskId].Name,
                Result = item.Payload,
                Failure = item.Failure,
            });
    }

    /// <summary>A timer whose time has come.</summary>
    public void Add(HistoryEvent timer)
    {
        if (_settled.Add(timer.TaskId))
            Append(new(HistoryEventType.TimerFired, now) { TaskId = timer.TaskId, FireAt = timer.FireAt });
    }

    /// <summary>Once only: a second outcome of one step, or one for an earlier generation, is no news.</summary>
    private bool IsAwaited(int generation, int taskId) =>
        generation == state.Generation && open?.ContainsKey(taskId) == true && _settled.Add(taskId);

    private void Append(HistoryEvent step) =>
        _fresh.Add(step with { Sequence = state.Sequence + _fresh.Count - Stored, Turn = state.Turn + 1 });
}
