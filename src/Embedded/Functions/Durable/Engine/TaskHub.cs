using System.Collections.Concurrent;
using Azure;
using CoinPay.Embedded.Durable.Ownership;
using CoinPay.Embedded.Durable.Storage;
using CoinPay.Embedded.Hosting;
using CoinPay.Embedded.Worker;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable;

/// <summary>The durable engine: all instances of the one hub that this process owns.</summary>
internal sealed class TaskHub : IHostedService, IDisposable
{
    private const int MaxReads = 16;
    private const int MaxCreateAttempts = 5;

    /// <summary>How long an event may wait for a turn to take it before it is stored by itself.</summary>
    private static readonly TimeSpan OfferedFor = TimeSpan.FromSeconds(1);

    private readonly HubOwnership _ownership;
    private readonly FunctionCatalog _catalog;
    private readonly FunctionInvoker _invoker;
    private readonly ActivityPool _activities;
    private readonly DataConverter _converter;
    private readonly ILoggerFactory _loggers;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _reads = new(MaxReads);
    private readonly WorkCount _work = new();
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

    public TimeProvider Time { get; }

    public HubStore Store { get; }

    public RunningIndex Index { get; }

    public WarmInstances Warm { get; }

    /// <summary>By instance: when its next timer is due, whether it is in memory or not.</summary>
    public AlarmClock Alarms { get; }

    public bool IsStopping => _work.IsClosed;

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
        _ = InBackgroundAsync(() => Warm.BringBackAsync(running, Store.TookOver));
    }

    /// <summary>Lets activities and turns under way end and be committed, as long as the token allows.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Alarms.Dispose();
        await _activities.StopAsync(cancellationToken);
        await _stopping.CancelAsync();
        Task idle = _work.CloseAsync();
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

    /// <summary>Starts an orchestration; see <see cref="DurableTaskClient"/> for what is refused.</summary>
    public async Task ScheduleAsync(OrchestrationState wanted, IReadOnlySet<OrchestrationRuntimeStatus> refused, CancellationToken cancellation)
    {
        RunningRow listed = await Index.PutAsync(wanted.InstanceId, wanted.ExecutionId).WaitAsync(cancellation);
        OrchestrationState? existing = null;
        int attempts = 0;
        while (true)
        {
            try
            {
                Warm.Begin(await CreateAsync(
                    wanted with { ETag = existing?.ETag ?? default, Generation = existing?.Generation + 1 ?? 0 }, listed, cancellation));
                Changed(wanted.InstanceId);
                return;
            }
            catch (RequestFailedException conflict) when (conflict.Status is 409 or 412 or 404 && ++attempts < MaxCreateAttempts)
            {
                existing = await Store.GetStateAsync(wanted.InstanceId, withTexts: false, cancellation);
            }
            if (existing?.ExecutionId == wanted.ExecutionId)
            {
                Warm.Begin(new(existing, [], null, listed)); // The client's own retry found its first attempt stored.
                return;
            }
            if (existing is null || (existing.HasEnded && !refused.Contains(existing.Status)))
                continue;
            Index.Remove(wanted.InstanceId, wanted.ExecutionId);
            if (!existing.HasEnded) // It may have been stored by a former owner in its last moment.
                Warm.Wake(wanted.InstanceId);
            throw new OrchestrationAlreadyExistsException($"An Orchestration instance with the ID {wanted.InstanceId} already exists.");
        }
    }

    /// <summary>
    /// Sends an event, a termination or a child's outcome to a running instance and answers when it is stored: with the commit of the
    /// turn that takes it, or in a row of its own if none does soon. See <see cref="DurableTaskClient"/> for what is refused.
    /// </summary>
    public async Task SendAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        InstanceMessage.Offered offered = new(item);
        Instance instance = Warm.Bring(instanceId);
        while (!instance.TryPost(offered))
            instance = Warm.Bring(instanceId);
        await HereAsync(offered.IsCommitted).WaitAsync(OfferedFor, Time, cancellation)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        bool isToStore = !offered.IsCommitted.IsCompleted && instance.Mail.TryWithdraw(offered);
        if (isToStore || !await offered.IsCommitted)
            await StoreAsync(instanceId, item, cancellation);
    }

    private async Task StoreAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        OrchestrationState state = await Store.GetStateAsync(instanceId, withTexts: false, cancellation)
            ?? throw Instance.NotFound(instanceId);
        if (state.HasEnded)
            throw Instance.NotRunning();
        Instance holder = Warm.Bring(instanceId);
        while (!holder.Mail.TryHold()) // Or it could be put away between the two writes, and nobody would look for the second.
            holder = Warm.Bring(instanceId);
        try
        {
            await Index.PutAsync(instanceId, state.ExecutionId).WaitAsync(cancellation);
            InboxItem stored = await Store.SendAsync(instanceId, item with { ExecutionId = state.ExecutionId }, cancellation);
            holder.TryPost(new InstanceMessage.Arrived(stored));
        }
        finally
        {
            holder.Mail.Release();
        }
    }

    /// <summary>Comes back to where it was called: a combined task would come back on the thread pool, and no simulation could replay.</summary>
    private static async Task HereAsync(Task task) => await task;

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
            return TurnIntake.Nothing with
            {
                End = new(OrchestrationRuntimeStatus.Failed) { Failure = MissingFunction.Of("orchestrator", state.Name) },
            };
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
                    _activities.Start(instance, state.Generation, action);
                    break;
                case HistoryEventType.SubOrchestrationInstanceCreated:
                    Children.Start(this, instance, state, action);
                    break;
            }
    }

    /// <summary>A sub-orchestration's outcome goes to its parent's inbox; twice does no harm.</summary>
    public Task TellParentAsync(OrchestrationState ended) => Children.TellParentAsync(this, ended);

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

    /// <summary>
    /// Stores a new instance and its first turn at once. Should the turn be too much for one transaction, or begin another generation,
    /// the instance is stored before it and the turn follows.
    /// </summary>
    private async Task<Newborn> CreateAsync(OrchestrationState wanted, RunningRow listed, CancellationToken cancellation)
    {
        DateTimeOffset now = Time.GetUtcNow();
        HistoryEvent started = new(HistoryEventType.ExecutionStarted, wanted.StartAt ?? wanted.CreatedAt) { Name = wanted.Name, Turn = 1 };
        wanted = wanted with { Sequence = 1 };
        if (!(wanted.StartAt > now))
        {
            TurnIntake intake = new(wanted, [started], null, now);
            TurnResult first = await Background.Run(() => RunTurnAsync(wanted, intake));
            TurnCommit commit = TurnCommit.Of(wanted, intake, first, now);
            HistoryEvent[] events = [started, .. commit.Events];
            try
            {
                if (commit.Next.Generation == wanted.Generation && HubStore.FitsOneTransaction(commit.Next, events))
                    return new(await Store.CreateAsync(commit.Next, events, cancellation), events, first, listed);
            }
            catch (RequestFailedException refused) when (StorageFault.IsTooLarge(refused))
            {
            }
        }
        return new(await Store.CreateAsync(wanted, [started], cancellation), [started], null, listed);
    }

    /// <summary>Tidying and the like, which the next start would do too.</summary>
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
