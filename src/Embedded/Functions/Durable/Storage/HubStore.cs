using Azure;
using Azure.Data.Tables;
using CoinPay.Embedded.Hosting;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// The task hub in storage. <c>&lt;hub&gt;Instances</c>: a partition an instance. <c>&lt;hub&gt;Index</c>: a row for every instance that
/// may be running, put before the instance and removed after its end, so that a restart finds them without a scan.
/// </summary>
internal sealed class HubStore(IRowStore rows, HostSettings settings, TimeProvider time)
{
    /// <summary>Tables' limit is 100 rows an entity-group transaction.</summary>
    private const int MaxRows = 100;

    /// <summary>A transaction holds 4 MiB, and a character may take six bytes in it.</summary>
    private const int MaxCharacters = 500_000;

    private readonly string _instances = settings.Durable.HubName + "Instances";
    private readonly string _index = settings.Durable.HubName + "Index";
    private long _arrivals;
    private long _owner;
    private bool _takenOver;

    public async Task InitializeAsync(CancellationToken cancellation)
    {
        await rows.EnsureTableAsync(_instances, cancellation);
        await rows.EnsureTableAsync(_index, cancellation);
    }

    /// <summary>
    /// Begins a new ownership. Unless the last owner ended its own in order, it may still have writes under way: from now on every
    /// instance that is read is marked as ours, which changes its ETag.
    /// </summary>
    public async Task TakeOverAsync(CancellationToken cancellation)
    {
        TableEntity? last = await rows.GetAsync(_index, HubKeys.OwnerPartition, HubKeys.OwnerPartition, cancellation);
        _owner = (last?.GetInt64("Owner") ?? 0) + 1;
        _takenOver = last is not null && last.GetBoolean("InOrder") != true;
        await PutOwnerAsync(inOrder: false, cancellation);
    }

    /// <summary>Ends the ownership in order: nothing is under way any more.</summary>
    public Task HandOverAsync(CancellationToken cancellation) => PutOwnerAsync(inOrder: true, cancellation);

    /// <summary>
    /// Stores a new instance with its first event, or puts it in the place of an ended one (whose ETag the state then has).
    /// Throws 409 or 412 when another came first.
    /// </summary>
    public async Task<OrchestrationState> CreateAsync(OrchestrationState state, CancellationToken cancellation)
    {
        await rows.SubmitAsync(_index, [new(TableTransactionActionType.UpsertReplace, RunningRow(state))], cancellation);
        HistoryEvent started = new(HistoryEventType.ExecutionStarted, state.StartAt ?? state.CreatedAt) { Name = state.Name, Turn = 1 };
        state = state with { Sequence = 1, Owner = _owner };
        TableEntity row = HubRows.Of(state, withInput: true);
        TableTransactionAction first = state.ETag == default
            ? new(TableTransactionActionType.Add, row)
            : new(TableTransactionActionType.UpdateReplace, row, state.ETag);
        IReadOnlyList<string> tags = await rows.SubmitAsync(
            _instances, [first, new(TableTransactionActionType.UpsertReplace, HubRows.Of(state, started))], cancellation);
        return state with { ETag = new(tags[0]) };
    }

    /// <summary>
    /// One turn, at once: consumed inbox rows go, events come, the state moves on under its ETag. Should a turn ask for more than a
    /// transaction holds, the surplus events are put first, each batch under the state's ETag too: without the state's new sequence
    /// they count for nothing.
    /// </summary>
    public async Task<OrchestrationState> CommitAsync(
        OrchestrationState next, IReadOnlyList<HistoryEvent> events, IReadOnlyList<string> consumed, bool newInput, CancellationToken cancellation)
    {
        string partition = HubKeys.Partition(next.InstanceId);
        next = next with { Owner = _owner };
        IEnumerable<TableTransactionAction> gone = consumed.Select(row =>
            new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, row), ETag.All));
        Queue<TableTransactionAction> steps = new(events.Select(step =>
            new TableTransactionAction(TableTransactionActionType.UpsertReplace, HubRows.Of(next, step))));
        ETag tag = next.ETag;
        while (1 + consumed.Count + steps.Count > MaxRows || (steps.Count > 1 && steps.Sum(Characters) > MaxCharacters))
        {
            TableTransactionAction unchanged = new(
                TableTransactionActionType.UpdateMerge, new TableEntity(partition, HubKeys.State), tag);
            tag = new((await rows.SubmitAsync(_instances, [unchanged, .. Take(steps, MaxRows - 1)], cancellation))[0]);
        }
        TableTransactionAction state = new(TableTransactionActionType.UpdateMerge, HubRows.Of(next, newInput), tag);
        return next with { ETag = new((await rows.SubmitAsync(_instances, [state, .. gone, .. steps], cancellation))[0]) };
    }

    /// <summary>Accepts something for an instance; it is safe once this returns.</summary>
    public async Task<InboxItem> SendAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        item = item with { RowKey = HubKeys.Inbox(time.GetUtcNow(), Interlocked.Increment(ref _arrivals)) };
        await rows.SubmitAsync(
            _instances, [new(TableTransactionActionType.Add, HubRows.Of(instanceId, item))], cancellation);
        return item;
    }

    public async Task<OrchestrationState?> GetStateAsync(string instanceId, CancellationToken cancellation) =>
        await rows.GetAsync(_instances, HubKeys.Partition(instanceId), HubKeys.State, cancellation) is { } row
            ? HubRows.State(row)
            : null;

    /// <summary>The whole instance as committed; null if there is none.</summary>
    public async Task<StoredInstance?> LoadAsync(string instanceId, CancellationToken cancellation)
    {
        List<TableEntity> all = await PartitionAsync(instanceId, cancellation);
        if (all.Find(row => row.RowKey == HubKeys.State) is not { } stateRow)
            return null;
        OrchestrationState state = HubRows.State(stateRow);
        if (_takenOver && !state.HasEnded && state.Owner != _owner)
            state = await MarkAsync(state, cancellation);
        return new(
            state,
            [.. all.Where(row => HubKeys.IsHistoryOf(state.Generation, row.RowKey)).Select(HubRows.History)
                .Where(step => step.Sequence < state.Sequence)],
            [.. all.Where(row => row.RowKey.StartsWith(HubKeys.InboxPrefix, StringComparison.Ordinal)).Select(HubRows.Inbox)
                .Where(item => item.ExecutionId == state.ExecutionId)]);
    }

    /// <summary>One page of states in the order of ids, whatever their status.</summary>
    public async Task<(IReadOnlyList<OrchestrationState> States, string? Continuation)> ListAsync(
        string? prefix, int top, string? continuation, CancellationToken cancellation)
    {
        string? from = string.IsNullOrEmpty(prefix) ? null : HubKeys.Partition(prefix);
        RowPage page = await rows.QueryAsync(
            _instances,
            new()
            {
                PartitionFrom = from,
                PartitionTo = from is null ? null : from[..^1] + (char)(from[^1] + 1),
                Row = HubKeys.State,
                Top = top,
                Continuation = continuation,
            },
            cancellation);
        return ([.. page.Rows.Select(HubRows.State)], page.Continuation);
    }

    /// <summary>Every instance that may be running, with the execution that was.</summary>
    public async Task<IReadOnlyList<(string InstanceId, string ExecutionId)>> ListRunningAsync(CancellationToken cancellation)
    {
        List<(string, string)> running = [];
        string? continuation = null;
        do
        {
            RowPage page = await rows.QueryAsync(
                _index, new() { Partition = HubKeys.RunningPartition, Continuation = continuation }, cancellation);
            running.AddRange(page.Rows.Select(row => (row.GetString("InstanceId"), row.GetString("ExecutionId"))));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return running;
    }

    /// <summary>Removes an execution from the index of running ones; nothing happens if it is not there.</summary>
    public async Task RemoveRunningAsync(string instanceId, string executionId, CancellationToken cancellation)
    {
        TableEntity row = new(HubKeys.RunningPartition, HubKeys.Running(instanceId, executionId));
        try
        {
            await rows.SubmitAsync(_index, [new(TableTransactionActionType.Delete, row, ETag.All)], cancellation);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
        }
    }

    /// <summary>Removes the instance and all its rows, the state first, so that no half of it is ever taken for whole.</summary>
    public async Task PurgeAsync(OrchestrationState ended, CancellationToken cancellation)
    {
        string partition = HubKeys.Partition(ended.InstanceId);
        await rows.SubmitAsync(
            _instances, [new(TableTransactionActionType.Delete, new TableEntity(partition, HubKeys.State), ended.ETag)], cancellation);
        await DeleteAsync(await PartitionAsync(ended.InstanceId, cancellation), cancellation);
    }

    /// <summary>Removes what earlier generations and executions left.</summary>
    public async Task RemoveStaleAsync(OrchestrationState state, CancellationToken cancellation)
    {
        List<TableEntity> all = await PartitionAsync(state.InstanceId, cancellation);
        await DeleteAsync(
            all.Where(row => string.CompareOrdinal(row.RowKey, HubKeys.History(state.Generation, 0)) < 0
                || (row.RowKey.StartsWith(HubKeys.InboxPrefix, StringComparison.Ordinal)
                    && row.GetString("ExecutionId") != state.ExecutionId)),
            cancellation);
    }

    private async Task<OrchestrationState> MarkAsync(OrchestrationState state, CancellationToken cancellation)
    {
        TableEntity mark = new(HubKeys.Partition(state.InstanceId), HubKeys.State) { ["Owner"] = _owner };
        IReadOnlyList<string> tags = await rows.SubmitAsync(
            _instances, [new(TableTransactionActionType.UpdateMerge, mark, state.ETag)], cancellation);
        return state with { Owner = _owner, ETag = new(tags[0]) };
    }

    private async Task PutOwnerAsync(bool inOrder, CancellationToken cancellation)
    {
        TableEntity row = new(HubKeys.OwnerPartition, HubKeys.OwnerPartition) { ["Owner"] = _owner, ["InOrder"] = inOrder };
        await rows.SubmitAsync(_index, [new(TableTransactionActionType.UpsertReplace, row)], cancellation);
    }

    private async Task DeleteAsync(IEnumerable<TableEntity> gone, CancellationToken cancellation)
    {
        foreach (TableEntity[] chunk in gone.Chunk(MaxRows))
            await rows.SubmitAsync(
                _instances, [.. chunk.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All))], cancellation);
    }

    private async Task<List<TableEntity>> PartitionAsync(string instanceId, CancellationToken cancellation)
    {
        List<TableEntity> all = [];
        string? continuation = null;
        do
        {
            RowPage page = await rows.QueryAsync(
                _instances, new() { Partition = HubKeys.Partition(instanceId), Continuation = continuation }, cancellation);
            all.AddRange(page.Rows);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return all;
    }

    private static TableEntity RunningRow(OrchestrationState state) =>
        new(HubKeys.RunningPartition, HubKeys.Running(state.InstanceId, state.ExecutionId))
        {
            ["InstanceId"] = state.InstanceId,
            ["ExecutionId"] = state.ExecutionId,
        };

    private static IEnumerable<TableTransactionAction> Take(Queue<TableTransactionAction> steps, int count)
    {
        for (int characters = 0; count > 0 && characters < MaxCharacters && steps.TryDequeue(out TableTransactionAction? step); count--)
        {
            characters += steps.TryPeek(out TableTransactionAction? next) ? Characters(step) + Characters(next) : 0;
            yield return step;
        }
    }

    private static int Characters(TableTransactionAction step) =>
        ((TableEntity)step.Entity).Sum(property => property.Value is string text ? text.Length : 0);
}
