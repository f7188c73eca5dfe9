using System.Collections.Concurrent;
using Azure;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Worker;
using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>The durable engine: all instances of the one hub that this process owns.</summary>
internal sealed class TaskHub(
    HubStore store,
    HubOwnership ownership,
    FunctionCatalog catalog,
    FunctionInvoker invoker,
    ActivityPool activities,
    DataConverter converter,
    TimeProvider time,
    ILoggerFactory loggers,
    Background? background = null) : IHostedService, IDisposable
{
    private const int MaxReads = 16;
    private const int MaxCreateAttempts = 5;

    private readonly ConcurrentDictionary<string, Instance> _instances = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reads = new(MaxReads);
    private readonly WorkCount _work = new();
    private readonly CancellationTokenSource _stopping = new();

    public ILogger Log { get; } = loggers.CreateLogger<TaskHub>();

    public TimeProvider Time => time;

    /// <summary>Where instances work.</summary>
    public Background Background { get; } = background ?? Background.ThreadPool;

    public HubStore Store => store;

    public AlarmClock Alarms { get; } = new(time);

    public bool IsStopping => _work.IsClosed;

    /// <summary>Waits before a step that failed is tried again; not longer than until the stop.</summary>
    public async Task PauseAsync(TimeSpan pause) =>
        await Task.Delay(pause, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits until the hub is ours, then brings every instance that may be running back to work.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!catalog.UsesDurable)
            return;
        await ownership.AcquireAsync(cancellationToken);
        await store.InitializeAsync(cancellationToken);
        await store.TakeOverAsync(cancellationToken);
        foreach ((string instanceId, string executionId) in await store.ListRunningAsync(cancellationToken))
        {
            Instance instance = _instances.GetOrAdd(instanceId, id => new(id, this));
            instance.Indexed.Add(executionId);
            instance.Wake();
        }
    }

    /// <summary>Lets activities and turns under way end and be committed, as long as the token allows.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Alarms.Dispose();
        await activities.StopAsync(cancellationToken);
        await _stopping.CancelAsync();
        Task idle = _work.CloseAsync();
        await Task.WhenAny(idle, Task.Delay(Timeout.Infinite, cancellationToken));
        if (catalog.UsesDurable && idle.IsCompleted && !cancellationToken.IsCancellationRequested)
            await LeaveInOrderAsync();
    }

    public void Dispose()
    {
        Alarms.Dispose();
        _reads.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Starts an orchestration; see <see cref="DurableTaskClient"/> for what is refused.</summary>
    public async Task ScheduleAsync(OrchestrationState wanted, IReadOnlySet<OrchestrationRuntimeStatus> refused, CancellationToken cancellation)
    {
        OrchestrationState? existing = null;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Begin(await store.CreateAsync(
                    wanted with { ETag = existing?.ETag ?? default, Generation = existing?.Generation + 1 ?? 0 }, cancellation));
                return;
            }
            catch (RequestFailedException conflict) when (conflict.Status is 409 or 412 or 404 && attempt < MaxCreateAttempts)
            {
                existing = await store.GetStateAsync(wanted.InstanceId, cancellation);
            }
            if (existing?.ExecutionId == wanted.ExecutionId)
            {
                Begin(existing); // The client's own retry found its first attempt stored.
                return;
            }
            if (existing is null || (existing.HasEnded && !refused.Contains(existing.Status)))
                continue;
            await store.RemoveRunningAsync(wanted.InstanceId, wanted.ExecutionId, cancellation);
            if (!existing.HasEnded) // It may have been stored by a former owner in its last moment.
                _instances.GetOrAdd(wanted.InstanceId, id => new(id, this)).Wake();
            throw new OrchestrationAlreadyExistsException($"An Orchestration instance with the ID {wanted.InstanceId} already exists.");
        }
    }

    /// <summary>Sends an event or a termination to a running instance; see <see cref="DurableTaskClient"/> for what is refused.</summary>
    public async Task SendAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        Instance? instance = _instances.GetValueOrDefault(instanceId);
        string? executionId = instance is { HasEnded: false } ? instance.ExecutionId : null;
        if (executionId is null)
        {
            OrchestrationState state = await store.GetStateAsync(instanceId, cancellation)
                ?? throw new RpcException(new(StatusCode.NotFound, $"No instance with ID '{instanceId}' was found."));
            if (state.HasEnded)
                throw new RpcException(new(
                    StatusCode.FailedPrecondition, "The orchestration instance with the provided instance id is not running."));
            executionId = state.ExecutionId;
        }
        InboxItem stored = await store.SendAsync(instanceId, item with { ExecutionId = executionId }, cancellation);
        _instances.GetOrAdd(instanceId, id => new(id, this)).Post(new InstanceMessage.Arrived(stored));
    }

    /// <summary>Completes when the instance is next committed.</summary>
    public Task NextChange(string instanceId) =>
        _changes.GetOrAdd(instanceId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(string instanceId)
    {
        if (_changes.TryRemove(instanceId, out TaskCompletionSource? waiting))
            waiting.TrySetResult();
    }

    public bool TryBeginWork() => _work.TryBegin();

    public void EndWork() => _work.End();

    /// <summary>Reads an instance, few at a time, so that a start with many of them does not flood the storage.</summary>
    public async Task<StoredInstance?> ReadAsync(string instanceId)
    {
        await _reads.WaitAsync();
        try
        {
            return await store.LoadAsync(instanceId, CancellationToken.None);
        }
        finally
        {
            _reads.Release();
        }
    }

    /// <summary>Runs the orchestrator's code in the middleware's midst; an app without that orchestrator fails the instance.</summary>
    public async Task<TurnResult> RunTurnAsync(OrchestrationState state, TurnIntake intake)
    {
        if (catalog.Orchestrator(state.Name) is not { } function)
            return TurnIntake.Nothing with
            {
                End = new(OrchestrationRuntimeStatus.Failed) { Failure = MissingFunction.Of("orchestrator", state.Name) },
            };
        TurnResult? result = null;
        Turn turn = new(function, state, loggers, converter);
        await invoker.InvokeAsync(new(function, CancellationToken.None)
        {
            BindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = state.InstanceId },
            Body = () => result = turn.Run(intake.Past, intake.Fresh),
        });
        return result ?? throw new InvalidOperationException($"A middleware kept orchestrator '{state.Name}' from running.");
    }

    /// <summary>Sets going what a commit has recorded.</summary>
    public void SendOff(Instance instance, OrchestrationState state, IEnumerable<HistoryEvent> actions)
    {
        foreach (HistoryEvent action in actions)
            switch (action.Type)
            {
                case HistoryEventType.TaskScheduled:
                    activities.Start(instance, state.Generation, action);
                    break;
                case HistoryEventType.TimerCreated:
                    Alarms.Set(action.FireAt!.Value, () => instance.Post(new InstanceMessage.TimerDue(state.Generation, action.TaskId)));
                    break;
                case HistoryEventType.SubOrchestrationInstanceCreated:
                    _ = Background.Run(() => Children.StartAsync(this, instance, state, action));
                    break;
            }
    }

    /// <summary>A sub-orchestration's outcome goes to its parent's inbox; twice does no harm.</summary>
    public Task TellParentAsync(OrchestrationState ended) => Children.TellParentAsync(this, ended);

    /// <summary>Forgets an ended instance and takes it out of the index of running ones.</summary>
    public void Remove(Instance instance, OrchestrationState? ended)
    {
        _instances.TryRemove(new(instance.Id, instance));
        if (ended is not null)
            instance.Indexed.Add(ended.ExecutionId);
        _ = InBackgroundAsync(async () =>
        {
            foreach (string executionId in instance.Indexed.Distinct())
                await store.RemoveRunningAsync(instance.Id, executionId, CancellationToken.None);
        });
        Changed(instance.Id);
    }

    public void RemoveStale(OrchestrationState state) =>
        _ = InBackgroundAsync(() => store.RemoveStaleAsync(state, CancellationToken.None));

    private async Task LeaveInOrderAsync()
    {
        try
        {
            await store.HandOverAsync(CancellationToken.None);
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            Log.LogInformation("The next owner will look closer: {Reason}", failure.Message);
        }
        await ownership.ReleaseAsync();
    }

    public void Begin(OrchestrationState created)
    {
        Instance fresh = new(created.InstanceId, this);
        fresh.Adopt(created);
        _instances.AddOrUpdate(created.InstanceId, fresh, (_, old) => old.IsReplacedBy(created) ? fresh : old).Wake();
    }

    /// <summary>Tidying that the next start would do too.</summary>
    private async Task InBackgroundAsync(Func<Task> tidy)
    {
        if (!TryBeginWork())
            return;
        try
        {
            await Background.Run(tidy);
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            Log.LogInformation("Tidying is left for later: {Reason}", failure.Message);
        }
        finally
        {
            EndWork();
        }
    }
}
