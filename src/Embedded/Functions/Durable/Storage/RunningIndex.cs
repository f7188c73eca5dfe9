using Azure;
using Azure.Data.Tables;
using CoinPay.Embedded.Hosting;
using Microsoft.Extensions.Logging;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>An execution that may be running. One that is put away has nothing to do before <paramref name="DueAt"/>, if ever.</summary>
internal sealed record RunningRow(string InstanceId, string ExecutionId, bool IsPutAway, DateTimeOffset? DueAt)
{
    public ETag ETag { get; init; }
}

/// <summary>
/// <c>&lt;hub&gt;Index</c>, partition <c>running</c>: a row for every execution that may be running, put before the instance and removed
/// after its end. All rows are of one partition, so whoever writes while another write is under way shares the next transaction.
/// </summary>
internal sealed class RunningIndex(IRowStore rows, HostSettings settings, TimeProvider time, ILogger<RunningIndex> log, Background? background = null)
{
    /// <summary>An ended execution's row may stay that long: a start that finds it reads one instance for nothing.</summary>
    private static readonly TimeSpan RemovedWithin = TimeSpan.FromMilliseconds(500);

    private readonly string _table = settings.Durable.HubName + "Index";
    private readonly Background _background = background ?? Background.ThreadPool;
    private readonly Lock _gate = new();
    private readonly Queue<(RunningRow Row, TaskCompletionSource<RunningRow> Done)> _put = new();
    private readonly HashSet<string> _ended = [];
    private bool _putting;

    public async Task<IReadOnlyList<RunningRow>> ListAsync(CancellationToken cancellation) =>
        [.. (await rows.ListAsync(_table, HubKeys.RunningPartition, cancellation)).Select(Running)];

    /// <summary>From when this completes on, a start brings the execution back to work.</summary>
    public Task<RunningRow> PutAsync(string instanceId, string executionId)
    {
        TaskCompletionSource<RunningRow> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _put.Enqueue((new(instanceId, executionId, IsPutAway: false, DueAt: null), done));
            if (_putting)
                return done.Task;
            _putting = true;
        }
        _ = _background.Run(PutAllAsync);
        return done.Task;
    }

    /// <summary>
    /// Notes that these executions have nothing to do, at most <see cref="IRowStore.MaxRows"/>. Only if no row was written since its ETag: a late
    /// write of a former owner must not hide what is at work.
    /// </summary>
    public Task PutAwayAsync(IReadOnlyList<RunningRow> idle, CancellationToken cancellation) => rows.SubmitAsync(
        _table, [.. idle.Select(row => new TableTransactionAction(TableTransactionActionType.UpdateReplace, Entity(row), row.ETag))], cancellation);

    /// <summary>Soon removes an execution that has ended; nothing happens if it is not there.</summary>
    public void Remove(string instanceId, string executionId)
    {
        lock (_gate)
            if (!_ended.Add(HubKeys.Running(instanceId, executionId)) || _ended.Count > 1)
                return;
        _ = _background.Run(async () =>
        {
            await Task.Delay(RemovedWithin, time);
            await RemoveEndedAsync();
        });
    }

    /// <summary>Never throws for storage: the next start would find and remove them too.</summary>
    public async Task RemoveEndedAsync()
    {
        string[] ended;
        lock (_gate)
        {
            ended = [.. _ended];
            _ended.Clear();
        }
        try
        {
            await rows.RemoveAsync(_table, HubKeys.RunningPartition, ended, CancellationToken.None);
        }
        catch (Exception failure) when (StorageFault.Is(failure))
        {
            log.LogInformation("Ended instances stay in the index until the next start: {Reason}", failure.Message);
        }
    }

    private async Task PutAllAsync()
    {
        while (NextPut() is { Count: > 0 } batch)
            try
            {
                IReadOnlyList<string> tags = await rows.SubmitAsync(
                    _table,
                    [.. batch.Select(put => new TableTransactionAction(TableTransactionActionType.UpsertReplace, Entity(put.Row)))],
                    CancellationToken.None);
                for (int i = 0; i < batch.Count; i++)
                    batch[i].Done.TrySetResult(batch[i].Row with { ETag = new(tags[i]) });
            }
            catch (Exception failure)
            {
                foreach ((_, TaskCompletionSource<RunningRow> done) in batch)
                    done.TrySetException(failure);
            }
    }

    /// <summary>A transaction must not name a row twice.</summary>
    private List<(RunningRow Row, TaskCompletionSource<RunningRow> Done)> NextPut()
    {
        List<(RunningRow Row, TaskCompletionSource<RunningRow> Done)> batch = [];
        HashSet<string> executions = [];
        lock (_gate)
        {
            while (batch.Count < IRowStore.MaxRows && _put.TryPeek(out var next) && executions.Add(next.Row.ExecutionId))
                batch.Add(_put.Dequeue());
            _putting = batch.Count > 0;
        }
        return batch;
    }

    private static RunningRow Running(TableEntity row) => new(
        row.GetString("InstanceId"), row.GetString("ExecutionId"), row.GetBoolean("IsPutAway") ?? false, row.GetDateTimeOffset("DueAt"))
    {
        ETag = row.ETag,
    };

    private static TableEntity Entity(RunningRow running)
    {
        TableEntity row = new(HubKeys.RunningPartition, HubKeys.Running(running.InstanceId, running.ExecutionId))
        {
            ["InstanceId"] = running.InstanceId,
            ["ExecutionId"] = running.ExecutionId,
            ["IsPutAway"] = running.IsPutAway,
        };
        if (running.DueAt is { } due)
            row["DueAt"] = due;
        return row;
    }
}
