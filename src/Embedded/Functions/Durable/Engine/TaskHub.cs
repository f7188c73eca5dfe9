using System.Collections.Concurrent;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>The durable engine: all instances of the one hub that this process owns.</summary>
internal sealed partial class TaskHub : IHostedService, IDisposable
{
    private const int MaxReads = 16;

    private readonly HubOwnership _ownership;
    private readonly FunctionCatalog _catalog;
    private readonly FunctionInvoker _invoker;
    private readonly ActivityPool _activities;
    private readonly DataConverter _converter;
    private readonly ILoggerFactory _loggers;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reads = new(MaxReads);
    private readonly CancellationTokenSource _stopping = new();

    public TaskHub(
        HubStore store,
        RunningIndex index,
        HubOwnership ownership,
        FunctionCatalog catalog,
        FunctionInvoker invoker,
        ActivityPool activities,
        DataConverter converter,
        HostSettings settings,
        TimeProvider time,
        ILoggerFactory loggers,
        Background? background = null)
    {
        Background = background ?? Background.ThreadPool;
        _ownership = ownership;
        _catalog = catalog;
        _invoker = invoker;
        _activities = activities;
        _converter = converter;
        _loggers = loggers;
        Log = loggers.CreateLogger<TaskHub>();
        Time = time;
        Store = store;
        Index = index;
        Warm = new(this, index, settings.Durable.InstancesInMemory);
        Alarms = new(time, Warm.Wake);
    }

    public ILogger Log { get; }

    /// <summary>Where instances work.</summary>
    public Background Background { get; }

    /// <summary>The work under way, which a stop waits for.</summary>
    public WorkCount Work { get; } = new();

    public TimeProvider Time { get; }

    public HubStore Store { get; }

    public RunningIndex Index { get; }

    public WarmInstances Warm { get; }

    /// <summary>By instance: when its next timer is due, whether it is in memory or not.</summary>
    public AlarmClock Alarms { get; }

    public bool IsStopping => Work.IsClosed;

    /// <summary>Waits before a step that failed is tried again; not longer than until the stop.</summary>
    public async Task PauseAsync(TimeSpan pause) =>
        await Task.Delay(pause, Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Waits until the hub is ours, then begins to bring every instance that may have work to do back to it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_catalog.UsesDurable)
            return;
        await _ownership.AcquireAsync(cancellationToken);
        await Store.InitializeAsync(cancellationToken);
        await Store.TakeOverAsync(cancellationToken);
        IReadOnlyList<RunningRow> running = await Index.ListAsync(cancellationToken);
        List<IGrouping<string, RunningRow>> working = Warm.SetAlarms(running);
        _ = InBackgroundAsync(() => Warm.BringBackAsync(working, Store.TookOver));
    }

    /// <summary>Lets activities and turns under way end and be committed, as long as the token allows.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Alarms.Dispose();
        await _activities.StopAsync(cancellationToken);
        await _stopping.CancelAsync();
        Task idle = Work.CloseAsync();
        await Task.WhenAny(idle, Task.Delay(Timeout.Infinite, cancellationToken));
        if (_catalog.UsesDurable && idle.IsCompleted && !cancellationToken.IsCancellationRequested)
            await LeaveInOrderAsync();
    }

    public void Dispose()
    {
        Alarms.Dispose();
        _reads.Dispose();
        _stopping.Dispose();
    }

    /// <summary>Completes when the instance is next committed.</summary>
    public Task NextChange(string instanceId) =>
        _changes.GetOrAdd(instanceId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(string instanceId)
    {
        if (_changes.TryRemove(instanceId, out TaskCompletionSource? waiting))
            waiting.TrySetResult();
    }

    /// <summary>Reads an instance, few at a time, so that a start with many of them does not flood the storage.</summary>
    public async Task<StoredInstance?> ReadAsync(string instanceId)
    {
        await _reads.WaitAsync();
        try
        {
            return await Store.LoadAsync(instanceId, evenEnded: false, CancellationToken.None);
        }
        finally
        {
            _reads.Release();
        }
    }

    /// <summary>Runs the orchestrator's code in the middleware's midst; an app without that orchestrator fails the instance.</summary>
    public async Task<TurnResult> RunTurnAsync(OrchestrationState state, TurnIntake intake)
    {
        if (_catalog.Orchestrator(state.Name) is not { } function)
            return new() { End = TurnEnd.Failed(MissingFunction.Of("orchestrator", state.Name)) };
        TurnResult? result = null;
        Turn turn = new(function, state, _loggers, _converter);
        await _invoker.InvokeAsync(new(function, CancellationToken.None)
        {
            BindingData = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase) { ["instanceId"] = state.InstanceId },
            Body = () => result = turn.Run(intake.Past, intake.Fresh),
        });
        return result ?? throw new InvalidOperationException($"A middleware kept orchestrator '{state.Name}' from running.");
    }

    /// <summary>Sets going what a commit has recorded; timers are the instance's own affair.</summary>
    public void SendOff(Instance instance, OrchestrationState state, IEnumerable<HistoryEvent> actions)
    {
        foreach (HistoryEvent action in actions)
            switch (action.Type)
            {
                case HistoryEventType.TaskScheduled:
                    _activities.Start(instance, state, action);
                    break;
                case HistoryEventType.SubOrchestrationInstanceCreated:
                    SubOrchestration.Start(this, instance, state, action);
                    break;
            }
    }

    /// <summary>Forgets an ended instance and takes it out of the index of running ones.</summary>
    public void Remove(Instance instance)
    {
        Warm.Remove(instance);
        foreach (string executionId in instance.Indexed.Distinct())
            Index.Remove(instance.Id, executionId);
        Changed(instance.Id);
    }

    public void RemoveStale(OrchestrationState state, OrchestrationState before) =>
        _ = InBackgroundAsync(() => Store.RemoveStaleAsync(state, before, CancellationToken.None));

    private async Task LeaveInOrderAsync()
    {
        try
        {
            await Index.RemoveEndedAsync();
            await Warm.PutAllAwayAsync();
            await Store.HandOverAsync(CancellationToken.None);
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            Log.LogInformation("The next owner will look closer: {Reason}", failure.Message);
        }
        await _ownership.ReleaseAsync();
    }

    /// <summary>Tidying and the like, which the next start would do too.</summary>
    private async Task InBackgroundAsync(Func<Task> tidy)
    {
        if (!Work.TryBegin())
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
            Work.End();
        }
    }
}
