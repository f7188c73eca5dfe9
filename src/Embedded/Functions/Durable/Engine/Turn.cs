using CoinPay.Embedded.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>What a turn of the orchestrator came to.</summary>
internal sealed record TurnResult
{
    /// <summary>What the code asked for in this turn, in order.</summary>
    public IReadOnlyList<HistoryEvent> Actions { get; init; } = [];

    /// <summary>All that is asked for and has no outcome yet, this turn's actions included.</summary>
    public IReadOnlyList<HistoryEvent> Open { get; init; } = [];

    public string? CustomStatus { get; init; }

    /// <summary>Null while the orchestrator waits.</summary>
    public TurnEnd? End { get; init; }
}

/// <summary>How an orchestrator ended: with an output, with a failure, or to go on as a new generation.</summary>
internal sealed record TurnEnd(OrchestrationRuntimeStatus Status)
{
    public string? Output { get; init; }

    public TaskFailureDetails? Failure { get; init; }

    /// <summary>The new generation's input and the events that nobody took.</summary>
    public string? NextInput { get; init; }

    public IReadOnlyList<HistoryEvent> Carried { get; init; } = [];

    public static TurnEnd Failed(TaskFailureDetails failure) => new(OrchestrationRuntimeStatus.Failed) { Failure = failure };
}

/// <summary>
/// Runs an orchestrator's code from the start over its committed history and then over what is new. Every past turn must ask for
/// exactly what the history has: anything else is a change of the code under a running instance and fails it.
/// </summary>
internal sealed class Turn(FunctionDescriptor function, OrchestrationState state, ILoggerFactory loggers, DataConverter converter)
{
    private const string NonDeterministic = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";
    private readonly ReplayContext _context = new(state, loggers, converter);
    private Task? _code;
    private int _turn;

    /// <summary>Never throws: what cannot be run or written fails the instance.</summary>
    public TurnResult Run(IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> fresh)
    {
        try
        {
            return RunCode(past, fresh);
        }
        catch (Exception thrown)
        {
            return new() { End = TurnEnd.Failed(TaskFailureDetails.FromException(thrown)) };
        }
    }

    private TurnResult RunCode(IReadOnlyList<HistoryEvent> past, IReadOnlyList<HistoryEvent> fresh)
    {
        string? fault = Replay(past);
        int delivered = 0;
        for (; fault is null && delivered < fresh.Count && _code is not { IsCompleted: true }; delivered++)
            fault = Deliver(fresh[delivered], replaying: false);
        IReadOnlyList<HistoryEvent> actions = [.. _context.Asked];
        return new()
        {
            Actions = fault is null ? actions : [],
            Open = [.. _context.Open],
            CustomStatus = _context.CustomStatus,
            End = fault is null ? End(fresh.Skip(delivered)) : TurnEnd.Failed(new(NonDeterministic, fault, null, null, null)),
        };
    }

    /// <summary>Says what differs, or null.</summary>
    private string? Replay(IReadOnlyList<HistoryEvent> past)
    {
        foreach (HistoryEvent step in past.Where(step => !step.IsEnd))
        {
            string? fault = step.IsAction ? Match(step) : Unasked(step) ?? Deliver(step, replaying: true);
            if (fault is not null)
                return fault;
        }
        if (past.Count == 0)
            return null;
        return _code is { IsCompleted: true }
            ? Differs("the code ends where its history goes on")
            : Unasked(past[^1] with { Turn = int.MaxValue });
    }

    /// <summary>At a turn's beginning all that the code asked for in the turn before must have been found in the history.</summary>
    private string? Unasked(HistoryEvent next)
    {
        bool sameTurn = next.Turn == _turn;
        _turn = next.Turn;
        return !sameTurn && _context.Asked.TryPeek(out HistoryEvent? extra)
            ? Differs($"the code asks for {extra.Described}, which its history does not have")
            : null;
    }

    private string? Match(HistoryEvent recorded)
    {
        if (!_context.Asked.TryDequeue(out HistoryEvent? asked))
            return Differs($"its history has {recorded.Described}, which the code did not ask for");
        bool same = asked.Type == recorded.Type && asked.TaskId == recorded.TaskId
            && string.Equals(asked.Name, recorded.Name, StringComparison.OrdinalIgnoreCase);
        return same ? null : Differs($"its history has {recorded.Described}, where the code asks for {asked.Described}");
    }

    private string? Deliver(HistoryEvent step, bool replaying)
    {
        if (_code is { IsCompleted: true })
            return Differs($"the code ended before {step.Type} of its history");
        _context.SetTime(step.At, replaying);
        bool known = true;
        _context.Thread.Run(() =>
        {
            if (step.Type == HistoryEventType.ExecutionStarted)
                _code = function.Begin([_context]);
            else if (step.Type == HistoryEventType.EventRaised)
                _context.Events.Raise(step);
            else
                known = _context.Deliver(step);
        });
        // A timer that the code cancelled may have fired in the same breath: that is not news to it.
        return known || step.Type == HistoryEventType.TimerFired
            ? null
            : Differs($"its history has an outcome of step {step.TaskId}, which the code did not ask for");
    }

    private string Differs(string how) =>
        $"Non-deterministic orchestrator '{state.Name}': {how}. Was its code changed while instance '{state.InstanceId}' ran?";

    private TurnEnd? End(IEnumerable<HistoryEvent> undelivered)
    {
        if (_code is null)
            return null;
        if (!_code.IsCompleted)
            return _context.Thread.WasLeft || (!_context.Open.Any() && !_context.Events.Any)
                ? TurnEnd.Failed(new(typeof(InvalidOperationException).FullName!,
                    $"Orchestrator '{state.Name}' awaits something other than its context's tasks: that cannot be replayed.", null, null, null))
                : null;
        if (_code.IsFaulted)
            return TurnEnd.Failed(TaskFailureDetails.FromException(_code.Exception!.InnerExceptions[0]));
        if (_code.IsCanceled)
            return TurnEnd.Failed(new(typeof(TaskCanceledException).FullName!, "A task was canceled.", null, null, null));
        if (_context.Next is not { } next)
            return new(OrchestrationRuntimeStatus.Completed) { Output = converter.Serialize(function.ResultOf(_code)) };
        return new(OrchestrationRuntimeStatus.ContinuedAsNew)
        {
            NextInput = next.Input,
            Carried = next.KeepEvents
                ? [.. _context.Events.Untaken, .. undelivered.Where(e => e.Type == HistoryEventType.EventRaised)]
                : [],
        };
    }
}
