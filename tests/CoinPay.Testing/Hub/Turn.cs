using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;
using Microsoft.DurableTask;

namespace CoinPay.Testing.Hub;

/// <summary>
/// One turn of an orchestration: the published executor replays the history, plays what is new, and this writes down what the
/// orchestrator asks for. Nothing is stored or sent yet. Source: DurableTask.Core, <c>TaskOrchestrationDispatcher</c>.
/// </summary>
internal sealed class Turn
{
    /// <summary>Executions that one turn may begin, each by continuing as new.</summary>
    private const int MaxExecutions = 100;

    private readonly MemoryHub _hub;
    private readonly List<HubMessage> _sent = [];
    private OrchestrationRuntimeState _state;

    private Turn(MemoryHub hub, OrchestrationRuntimeState state) => (_hub, _state) = (hub, state);

    /// <summary>The history as it is after the turn.</summary>
    public OrchestrationRuntimeState State => _state;

    /// <summary>Messages to send before the history is committed.</summary>
    public IReadOnlyList<HubMessage> Sent => _sent;

    /// <param name="history">What was committed before.</param>
    /// <param name="news">What the turn takes in.</param>
    public static Turn Run(MemoryHub hub, HubFunctions functions, IReadOnlyList<HistoryEvent> history, IEnumerable<HistoryEvent> news)
    {
        Turn turn = new(hub, new([.. history]));
        turn.Add(new OrchestratorStartedEvent(-1));
        foreach (HistoryEvent happened in news)
            turn._state.AddEvent(happened);
        for (int execution = 0; execution < MaxExecutions; execution++)
        {
            OrchestratorExecutionResult result = turn.Execute(functions);
            turn._state.Status = result.CustomStatus;
            if (!turn.Take(result))
                return turn;
        }
        throw new InvalidOperationException("an orchestration that continues as new without end");
    }

    /// <summary>Runs the orchestrator over a history on the calling thread, as the isolated worker does.</summary>
    public static OrchestratorExecutionResult Execute(OrchestrationRuntimeState state, HubFunctions functions)
    {
        ParentOrchestrationInstance? parent = state.ParentInstance is { } by
            ? new(new(by.Name), by.OrchestrationInstance.InstanceId)
            : null;
        return new TaskOrchestrationExecutor(
            state, functions.Create(state.Name, parent), BehaviorOnContinueAsNew.Carryover, ErrorPropagationMode.UseFailureDetails).Execute();
    }

    private OrchestratorExecutionResult Execute(HubFunctions functions) => Execute(_state, functions);

    /// <summary>Writes down what the orchestrator asks for; true when it continues as new.</summary>
    private bool Take(OrchestratorExecutionResult result)
    {
        foreach (OrchestratorAction action in result.Actions.ToList())
        {
            if (action is OrchestrationCompleteOrchestratorAction { OrchestrationStatus: OrchestrationStatus.ContinuedAsNew } next)
            {
                ContinueAsNew(next);
                return true;
            }
            Take(action);
        }
        if (_state.Events[^1] is not OrchestratorCompletedEvent)
            Add(new OrchestratorCompletedEvent(-1));
        return false;
    }

    private void Take(OrchestratorAction action)
    {
        switch (action)
        {
            case ScheduleTaskOrchestratorAction task:
                Send(Add(new TaskScheduledEvent(task.Id, task.Name!, task.Version, task.Input)));
                break;
            case CreateTimerOrchestratorAction timer:
                Add(new TimerCreatedEvent(timer.Id, timer.FireAt));
                Send(Stamp(new TimerFiredEvent(-1, timer.FireAt) { TimerId = timer.Id }));
                break;
            case CreateSubOrchestrationAction child:
                StartChild(child);
                break;
            case SendEventOrchestratorAction sent:
                Add(new EventSentEvent(sent.Id) { InstanceId = sent.Instance!.InstanceId, Name = sent.EventName, Input = sent.EventData });
                _sent.Add(new(sent.Instance.InstanceId, null, Stamp(new EventRaisedEvent(-1, sent.EventData) { Name = sent.EventName })));
                break;
            case OrchestrationCompleteOrchestratorAction end:
                Add(new ExecutionCompletedEvent(end.Id, end.Result, end.OrchestrationStatus, end.FailureDetails));
                TellParent(end);
                break;
            default:
                throw new NotSupportedException($"The hub does not know {action.GetType().Name}.");
        }
    }

    private void ContinueAsNew(OrchestrationCompleteOrchestratorAction end)
    {
        ExecutionStartedEvent before = _state.ExecutionStartedEvent!;
        ExecutionStartedEvent next = Stamp(new ExecutionStartedEvent(-1, end.Result)
        {
            Name = before.Name,
            Version = end.NewVersion ?? before.Version,
            OrchestrationInstance = NewExecution(before.OrchestrationInstance.InstanceId),
            ParentInstance = before.ParentInstance,
        });
        _state = new() { Status = _state.Status };
        Add(new OrchestratorStartedEvent(-1));
        foreach (HistoryEvent carried in end.CarryoverEvents.Prepend(next))
            _state.AddEvent(carried);
        Add(new OrchestratorCompletedEvent(-1));
    }

    private void StartChild(CreateSubOrchestrationAction child)
    {
        Add(new SubOrchestrationInstanceCreatedEvent(child.Id)
        {
            Name = child.Name,
            Version = child.Version,
            InstanceId = child.InstanceId,
            Input = child.Input,
        });
        OrchestrationInstance execution = NewExecution(child.InstanceId!);
        _sent.Add(new(execution.InstanceId, execution.ExecutionId, Stamp(new ExecutionStartedEvent(-1, child.Input)
        {
            Name = child.Name,
            Version = child.Version,
            OrchestrationInstance = execution,
            ParentInstance = new()
            {
                OrchestrationInstance = _state.OrchestrationInstance,
                Name = _state.Name,
                Version = _state.Version,
                TaskScheduleId = child.Id,
            },
        })));
    }

    private void TellParent(OrchestrationCompleteOrchestratorAction end)
    {
        if (_state.ParentInstance is not { } parent)
            return;
        HistoryEvent outcome = end.OrchestrationStatus == OrchestrationStatus.Completed
            ? new SubOrchestrationInstanceCompletedEvent(-1, parent.TaskScheduleId, end.Result)
            : new SubOrchestrationInstanceFailedEvent(-1, parent.TaskScheduleId, end.Result, end.Details, end.FailureDetails);
        _sent.Add(new(parent.OrchestrationInstance.InstanceId, parent.OrchestrationInstance.ExecutionId, Stamp(outcome)));
    }

    private OrchestrationInstance NewExecution(string instanceId) => new() { InstanceId = instanceId, ExecutionId = _hub.NewExecutionId() };

    private void Send(HistoryEvent happened) =>
        _sent.Add(new(_state.OrchestrationInstance!.InstanceId, _state.OrchestrationInstance.ExecutionId, happened));

    private T Add<T>(T happened)
        where T : HistoryEvent
    {
        _state.AddEvent(Stamp(happened));
        return happened;
    }

    /// <summary>The events' own constructors read the machine's clock.</summary>
    private T Stamp<T>(T happened)
        where T : HistoryEvent
    {
        happened.Timestamp = _hub.Now.UtcDateTime;
        return happened;
    }
}
