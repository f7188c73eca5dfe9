using Azure;
using Azure.Data.Tables;
using CoinPay.Embedded.Hosting;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// The task hub in storage. <c>&lt;hub&gt;Instances</c>: a partition an instance. <c>&lt;hub&gt;Index</c>: who owns the hub, and in
/// <see cref="RunningIndex"/> which instances may be running, so that a start finds them without a scan.
/// </summary>
internal sealed class HubStore(PayloadRows rows, IRowStore tables, HostSettings settings, TimeProvider time)
{
    /// <summary>A transaction holds 4 MiB, and a character may take six bytes in it.</summary>
    private const int MaxCharacters = 500_000;

    /// <summary>A row may be overtaken, and its blobs removed, that often between the reading of the one and of the others.</summary>
    private const int MaxReads = 10;

    private readonly string _instances = settings.Durable.HubName + "Instances";
    private readonly string _index = settings.Durable.HubName + "Index";
    private long _arrivals;
    private long _owner;

    /// <summary>True if the last owner did not end in order: what it had under way may still arrive.</summary>
    public bool TookOver { get; private set; }

    public async Task InitializeAsync(CancellationToken cancellation)
    {
        await tables.EnsureTableAsync(_instances, cancellation);
        await tables.EnsureTableAsync(_index, cancellation);
    }

    /// <summary>
    /// Begins a new ownership. Unless the last owner ended its own in order, it may still have writes under way: from now on every
    /// instance that is read is marked as ours, which changes its ETag.
    /// </summary>
    public async Task TakeOverAsync(CancellationToken cancellation)
    {
        TableEntity? last = await tables.GetAsync(_index, HubKeys.OwnerPartition, HubKeys.OwnerPartition, cancellation);
        _owner = (last?.GetInt64("Owner") ?? 0) + 1;
        TookOver = last is not null && last.GetBoolean("InOrder") != true;
        await PutOwnerAsync(inOrder: false, cancellation);
    }

    /// <summary>Ends the ownership in order: nothing is under way any more.</summary>
    public Task HandOverAsync(CancellationToken cancellation) => PutOwnerAsync(inOrder: true, cancellation);

    /// <summary>
    /// Stores a new instance with its first events, or puts it in the place of an ended one (whose ETag the state then has).
    /// Throws 409 or 412 when another came first.
    /// </summary>
    public async Task<OrchestrationState> CreateAsync(
        OrchestrationState state, IEnumerable<HistoryEvent> events, CancellationToken cancellation)
    {
        state = state with { Owner = _owner };
        TableEntity row = HubRows.Of(state, withInput: true);
        TableTransactionAction first = state.ETag == default
            ? new(TableTransactionActionType.Add, row)
            : new(TableTransactionActionType.UpdateReplace, row, state.ETag);
        return state with { ETag = await SubmitAsync([first, .. events.Select(step => Put(state, step))], cancellation) };
    }

    /// <summary>Whether a new instance can be stored with its first turn; if not, the turn follows by itself.</summary>
    public static bool FitsOneTransaction(OrchestrationState state, IReadOnlyList<HistoryEvent> events) =>
        1 + events.Count <= IRowStore.MaxRows
        && RowText.CharactersInRow(HubRows.Of(state, withInput: true))
            + events.Sum(step => RowText.CharactersInRow(HubRows.Of(state, step))) <= MaxCharacters;

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
        TableEntity state = HubRows.Of(next, newInput);
        Queue<TableTransactionAction> steps = new(events.Select(step => Put(next, step)));
        int room = MaxCharacters - RowText.CharactersInRow(state);
        ETag tag = next.ETag;
        while (1 + consumed.Count + steps.Count > IRowStore.MaxRows || (steps.Count > 1 && steps.Sum(Characters) > room))
        {
            TableTransactionAction unchanged = new(
                TableTransactionActionType.UpdateMerge, new TableEntity(partition, HubKeys.State), tag);
            tag = await SubmitAsync([unchanged, .. Take(steps, IRowStore.MaxRows - 1)], cancellation);
        }
        TableTransactionAction move = new(TableTransactionActionType.UpdateMerge, state, tag);
        return next with
        {
            ETag = await SubmitAsync([move, .. consumed.Select(row => Delete(partition, row, ETag.All)), .. steps], cancellation),
        };
    }

    /// <summary>Accepts something for an instance; it is safe once this returns.</summary>
    public async Task<InboxItem> SendAsync(string instanceId, InboxItem item, CancellationToken cancellation)
    {
        item = item with { RowKey = HubKeys.Inbox(time.GetUtcNow(), Interlocked.Increment(ref _arrivals)) };
        await SubmitAsync([new(TableTransactionActionType.Add, HubRows.Of(instanceId, item))], cancellation);
        return item;
    }

    /// <summary>Null if there is none. Without texts, those too long for the row are left out of what is read, and are not to be looked at.</summary>
    public Task<OrchestrationState?> GetStateAsync(string instanceId, bool withTexts, CancellationToken cancellation) =>
        ReadAsync(async () =>
        {
            TableEntity? row = await tables.GetAsync(_instances, HubKeys.Partition(instanceId), HubKeys.State, cancellation);
            if (row is not null && withTexts)
                await rows.ReadTextsAsync([row], cancellation);
            return row is null ? null : HubRows.State(row);
        });

    /// <summary>The whole instance as committed; null if there is none. Of one that has ended only the state, unless all is asked for.</summary>
    public Task<StoredInstance?> LoadAsync(string instanceId, bool evenEnded, CancellationToken cancellation) =>
        ReadAsync(() => LoadOnceAsync(instanceId, evenEnded, cancellation));

    private async Task<StoredInstance?> LoadOnceAsync(string instanceId, bool evenEnded, CancellationToken cancellation)
    {
        List<TableEntity> all = await tables.ListAsync(_instances, HubKeys.Partition(instanceId), cancellation);
        if (all.Find(row => row.RowKey == HubKeys.State) is not { } stateRow)
            return null;
        await rows.ReadTextsAsync([stateRow], cancellation);
        OrchestrationState state = HubRows.State(stateRow);
        if (state.HasEnded && !evenEnded)
            return new(state, [], []);
        if (TookOver && !state.HasEnded && state.Owner != _owner)
            state = await MarkAsync(state, cancellation);
        all.RemoveAll(row => row.RowKey == HubKeys.State || !IsCurrent(state, row));
        await rows.ReadTextsAsync(all, cancellation);
        return new(
            state,
            [.. all.Where(row => !HubKeys.IsInbox(row.RowKey)).Select(HubRows.History)],
            [.. all.Where(row => HubKeys.IsInbox(row.RowKey)).Select(HubRows.Inbox)]);
    }

    /// <summary>One page of states in the order of ids, whatever their status.</summary>
    public Task<(IReadOnlyList<OrchestrationState> States, string? Continuation)> ListAsync(
        string? prefix, int top, string? continuation, bool withTexts, CancellationToken cancellation) =>
        ReadAsync(() => ListOnceAsync(prefix, top, continuation, withTexts, cancellation));

    private async Task<(IReadOnlyList<OrchestrationState> States, string? Continuation)> ListOnceAsync(
        string? prefix, int top, string? continuation, bool withTexts, CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter($"RowKey eq {HubKeys.State}");
        if (!string.IsNullOrEmpty(prefix))
        {
            string from = HubKeys.Partition(prefix);
            string to = from[..^1] + (char)(from[^1] + 1);
            filter = TableClient.CreateQueryFilter($"PartitionKey ge {from} and PartitionKey lt {to}") + " and " + filter;
        }
        RowPage page = await tables.QueryAsync(_instances, new(filter, top, continuation), cancellation);
        if (withTexts)
            await rows.ReadTextsAsync(page.Rows, cancellation);
        return ([.. page.Rows.Select(HubRows.State)], page.Continuation);
    }

    /// <summary>
    /// Removes the instance with all its rows and blobs. An ordinary one goes in one transaction; of a larger one the state is emptied
    /// first, so that no half of it is ever taken for whole, and goes last, so that a purge that was cut short can be made again.
    /// </summary>
    public async Task PurgeAsync(OrchestrationState ended, CancellationToken cancellation)
    {
        string partition = HubKeys.Partition(ended.InstanceId);
        IReadOnlyList<string> texts = await rows.ListTextsAsync(partition, cancellation);
        List<string> gone = [.. (await tables.ListAsync(_instances, partition, cancellation)).Select(row => row.RowKey)];
        gone.Remove(HubKeys.State);
        ETag tag = ended.ETag;
        if (texts.Count > 0 || gone.Count >= IRowStore.MaxRows)
        {
            OrchestrationState empty = ended with { Input = null, Output = null, CustomStatus = null, Failure = null, Sequence = 0 };
            tag = await SubmitAsync([new(TableTransactionActionType.UpdateReplace, HubRows.Of(empty, withInput: true), tag)], cancellation);
            await rows.DeleteTextsAsync(texts, cancellation);
        }
        int last = Math.Min(gone.Count, IRowStore.MaxRows - 1);
        await tables.RemoveAsync(_instances, partition, gone[..^last], cancellation);
        await SubmitAsync(
            [Delete(partition, HubKeys.State, tag), .. gone[^last..].Select(row => Delete(partition, row, ETag.All))], cancellation);
    }

    /// <summary>Removes what earlier generations and executions left, the state's own texts of <paramref name="before"/> too.</summary>
    public async Task RemoveStaleAsync(OrchestrationState state, OrchestrationState before, CancellationToken cancellation)
    {
        string partition = HubKeys.Partition(state.InstanceId);
        List<TableEntity> all = await tables.ListAsync(_instances, partition, cancellation);
        List<TableEntity> stale = [.. all.Where(row => HubKeys.IsInbox(row.RowKey)
            ? row.GetString("ExecutionId") != state.ExecutionId
            : string.CompareOrdinal(row.RowKey, HubKeys.History(state.Generation, 0)) < 0)];
        IEnumerable<string> texts = Texts(stale)
            .Concat(rows.NamesOf(partition, [before.Input, before.CustomStatus])).Except(Texts(all.Except(stale)));
        await tables.RemoveAsync(_instances, partition, stale.Select(row => row.RowKey), cancellation);
        await rows.DeleteTextsAsync(texts, cancellation);
    }

    /// <summary>Reads once more where a blob is gone: then the row that named it has been overtaken.</summary>
    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        for (int left = MaxReads; ; left--)
        {
            try
            {
                return await read();
            }
            catch (RequestFailedException gone) when (gone.Status == 404 && left > 1)
            {
            }
        }
    }

    private static bool IsCurrent(OrchestrationState state, TableEntity row) => HubKeys.IsInbox(row.RowKey)
        ? row.GetString("ExecutionId") == state.ExecutionId
        : HubKeys.IsHistoryOf(state.Generation, row.RowKey) && row.GetInt32("Sequence") < state.Sequence;

    private static IEnumerable<string> Texts(IEnumerable<TableEntity> read) =>
        read.SelectMany(row => RowText.InBlobs(row).Select(row.GetString));

    private async Task<OrchestrationState> MarkAsync(OrchestrationState state, CancellationToken cancellation)
    {
        TableEntity mark = new(HubKeys.Partition(state.InstanceId), HubKeys.State) { ["Owner"] = _owner };
        return state with
        {
            Owner = _owner,
            ETag = await SubmitAsync([new(TableTransactionActionType.UpdateMerge, mark, state.ETag)], cancellation),
        };
    }

    private async Task PutOwnerAsync(bool inOrder, CancellationToken cancellation)
    {
        TableEntity row = new(HubKeys.OwnerPartition, HubKeys.OwnerPartition) { ["Owner"] = _owner, ["InOrder"] = inOrder };
        await tables.SubmitAsync(_index, [new(TableTransactionActionType.UpsertReplace, row)], cancellation);
    }

    /// <summary>In one transaction; gives the ETag of the row that the first change wrote.</summary>
    private async Task<ETag> SubmitAsync(IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation) =>
        new((await rows.SubmitAsync(_instances, changes, cancellation))[0]);

    private static TableTransactionAction Put(OrchestrationState state, HistoryEvent step) =>
        new(TableTransactionActionType.UpsertReplace, HubRows.Of(state, step));

    private static TableTransactionAction Delete(string partition, string row, ETag tag) =>
        new(TableTransactionActionType.Delete, new TableEntity(partition, row), tag);

    private static IEnumerable<TableTransactionAction> Take(Queue<TableTransactionAction> steps, int count)
    {
        for (int characters = 0; count > 0 && characters < MaxCharacters && steps.TryDequeue(out TableTransactionAction? step); count--)
        {
            characters += steps.TryPeek(out TableTransactionAction? next) ? Characters(step) + Characters(next) : 0;
            yield return step;
        }
    }

    private static int Characters(TableTransactionAction step) => RowText.CharactersInRow((TableEntity)step.Entity);
}
