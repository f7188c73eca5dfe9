using DurableTask.Core;
using DurableTask.Core.History;

namespace CoinPay.Testing.Hub;

/// <summary>
/// What becomes of the messages that a turn was given, sorted as the published backend sorts them. Source: DurableTask.AzureStorage,
/// <c>OrchestrationSessionManager</c>, <c>OrchestrationSession.IsOutOfOrderMessage</c> and <c>IsExecutableInstanceAsync</c>.
/// </summary>
internal sealed class TurnIntake
{
    /// <summary>A start whose row never came is given up after this many attempts.</summary>
    private const int MaxStartAttempts = 10;

    /// <summary>An answer for an execution that is not there waits this often for its history to be written.</summary>
    private const int MaxStrayAttempts = 5;

    private readonly HubInstance _instance;
    private readonly string? _executionId;
    private readonly HashSet<int> _asked;

    public TurnIntake(HubInstance instance, IReadOnlyList<QueuedMessage> messages)
    {
        _instance = instance;
        QueuedMessage[] starts = [.. messages.Where(message => message.Message.Event is ExecutionStartedEvent)];
        foreach (QueuedMessage start in starts)
            SortStart(start);
        History = IsRestart ? [] : instance.History;
        _executionId = IsRestart ? Taken[0].Message.ExecutionId : instance.ExecutionId;
        _asked = [.. History.Select(step => step.EventId).Where(id => id >= 0)];
        foreach (QueuedMessage message in messages.Except(starts))
            Sort(message);
    }

    /// <summary>What the turn replays: nothing, when a start begins another execution.</summary>
    public IReadOnlyList<HistoryEvent> History { get; }

    /// <summary>The messages that the turn takes in; a start comes first.</summary>
    public List<QueuedMessage> Taken { get; } = [];

    /// <summary>They come too early, or the other half of what they tell of is not stored yet.</summary>
    public List<QueuedMessage> Deferred { get; } = [];

    /// <summary>They were worked off before, or are for something that is over.</summary>
    public List<QueuedMessage> Discarded { get; } = [];

    /// <summary>Whether the execution has ended, which its row may not say yet: a process died between the two writes.</summary>
    public bool IsOver => !IsRestart && IsEnd(History);

    private bool IsRestart => Taken is [{ Message.Event: ExecutionStartedEvent }, ..];

    private static bool IsEnd(IReadOnlyList<HistoryEvent> history) =>
        history.OfType<ExecutionCompletedEvent>().Any(end => end.OrchestrationStatus != OrchestrationStatus.ContinuedAsNew);

    private void SortStart(QueuedMessage start)
    {
        string? executionId = start.Message.ExecutionId;
        bool isChild = ((ExecutionStartedEvent)start.Message.Event).ParentInstance is not null;
        if (executionId == _instance.ExecutionId || Taken.Count > 0)
            Discarded.Add(start);
        else if (isChild || executionId == _instance.Row?.ExecutionId)
            Taken.Add(start);
        else if (start.Message.Generation == _instance.Row?.Generation || start.DequeueCount >= MaxStartAttempts)
            Discarded.Add(start);
        else
            Deferred.Add(start);
    }

    private void Sort(QueuedMessage message)
    {
        HubMessage content = message.Message;
        bool isStray = _executionId is null || (content.ExecutionId is { } executionId && executionId != _executionId);
        if (IsOver)
            Discarded.Add(message);
        else if (isStray)
            (content.Answers is null || message.DequeueCount > MaxStrayAttempts ? Discarded : Deferred).Add(message);
        else if (content.Answers is { } asked && !_asked.Contains(asked))
            Deferred.Add(message);
        else
            Taken.Add(message);
    }
}
