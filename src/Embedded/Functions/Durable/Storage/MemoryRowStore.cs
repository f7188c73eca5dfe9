using System.Text;
using Azure;
using Azure.Data.Tables;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>Tables in memory under the conditions of the service: keys, ETags, transactions of one partition, their limits.</summary>
internal sealed class MemoryRowStore(TimeProvider time) : IRowStore
{
    private const int MaxRows = 100;
    private const int MaxTransactionBytes = 4 * 1024 * 1024;
    private const int MaxEntityBytes = 1024 * 1024;
    private const int MaxPropertyBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<(string, string), TableEntity>> _tables = [];
    private long _version;

    public Task EnsureTableAsync(string table, CancellationToken cancellation)
    {
        lock (_gate)
            _tables.TryAdd(table, new(Comparer<(string Partition, string Row)>.Create((a, b) =>
                string.CompareOrdinal(a.Partition, b.Partition) is not 0 and var order ? order : string.CompareOrdinal(a.Row, b.Row))));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> SubmitAsync(
        string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            SortedDictionary<(string, string), TableEntity> rows = Rows(table);
            Check(changes);
            foreach (TableTransactionAction change in changes)
                CheckAgainst(rows, change);
            return Task.FromResult<IReadOnlyList<string>>([.. changes.Select(change => Apply(rows, change))]);
        }
    }

    public Task<TableEntity?> GetAsync(string table, string partition, string row, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
            return Task.FromResult(Rows(table).TryGetValue((partition, row), out TableEntity? found) ? new TableEntity(found) : null);
    }

    public Task<RowPage> QueryAsync(string table, RowQuery query, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            int skip = query.Continuation is null ? 0 : int.Parse(query.Continuation);
            List<TableEntity> page = [.. Rows(table).Values.Where(row => Fits(query, row)).Skip(skip).Take(query.Top + 1)];
            bool more = page.Count > query.Top;
            return Task.FromResult(new RowPage(
                [.. page.Take(query.Top).Select(row => new TableEntity(row))], more ? $"{skip + query.Top}" : null));
        }
    }

    private static bool Fits(RowQuery query, TableEntity row) =>
        (query.Partition is null || row.PartitionKey == query.Partition)
        && (query.PartitionFrom is null || string.CompareOrdinal(row.PartitionKey, query.PartitionFrom) >= 0)
        && (query.PartitionTo is null || string.CompareOrdinal(row.PartitionKey, query.PartitionTo) < 0)
        && (query.Row is null || row.RowKey == query.Row);

    private SortedDictionary<(string, string), TableEntity> Rows(string table) =>
        _tables.TryGetValue(table, out SortedDictionary<(string, string), TableEntity>? rows) ? rows : throw Refused(404, "TableNotFound");

    private static void Check(IReadOnlyList<TableTransactionAction> changes)
    {
        if (changes.Count is 0 or > MaxRows)
            throw Refused(400, "InvalidInput");
        if (changes.DistinctBy(change => change.Entity.PartitionKey).Count() > 1)
            throw Refused(400, "CommandsInBatchActOnDifferentPartitions");
        if (changes.DistinctBy(change => change.Entity.RowKey).Count() < changes.Count)
            throw Refused(400, "InvalidDuplicateRow");
        if (changes.Sum(change => (long)Size((TableEntity)change.Entity)) > MaxTransactionBytes)
            throw Refused(413, "RequestBodyTooLarge");
        foreach (TableTransactionAction change in changes)
        {
            if (change.Entity.PartitionKey.Concat(change.Entity.RowKey).Any(c => c is '/' or '\\' or '#' or '?' || char.IsControl(c)))
                throw Refused(400, "OutOfRangeInput");
            if (Size((TableEntity)change.Entity) > MaxEntityBytes)
                throw Refused(400, "EntityTooLarge");
            if (((TableEntity)change.Entity).Any(property => property.Value is string text && text.Length * 2 > MaxPropertyBytes))
                throw Refused(400, "PropertyValueTooLarge");
        }
    }

    private static int Size(TableEntity row) =>
        row.Sum(property => (property.Key.Length * 2) + (property.Value is string text ? Encoding.Unicode.GetByteCount(text) : 8));

    private static void CheckAgainst(SortedDictionary<(string, string), TableEntity> rows, TableTransactionAction change)
    {
        bool exists = rows.TryGetValue((change.Entity.PartitionKey, change.Entity.RowKey), out TableEntity? row);
        switch (change.ActionType)
        {
            case TableTransactionActionType.Add when exists:
                throw Refused(409, "EntityAlreadyExists");
            case TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete:
                if (!exists)
                    throw Refused(404, "ResourceNotFound");
                if (change.ETag != default && change.ETag != ETag.All && change.ETag != row!.ETag)
                    throw Refused(412, "UpdateConditionNotSatisfied");
                break;
        }
    }

    private string Apply(SortedDictionary<(string, string), TableEntity> rows, TableTransactionAction change)
    {
        (string, string) key = (change.Entity.PartitionKey, change.Entity.RowKey);
        if (change.ActionType == TableTransactionActionType.Delete)
        {
            rows.Remove(key);
            return string.Empty;
        }
        bool merge = change.ActionType is TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge;
        TableEntity stored = merge && rows.TryGetValue(key, out TableEntity? before) ? new(before) : new(key.Item1, key.Item2);
        foreach ((string name, object? value) in (TableEntity)change.Entity)
            if (value is not null && name != "odata.etag")
                stored[name] = value;
        stored.ETag = new($"W/\"{++_version}\"");
        stored.Timestamp = time.GetUtcNow();
        rows[key] = stored;
        return stored.ETag.ToString();
    }

    private static RequestFailedException Refused(int status, string code) => new(status, code, code, null);
}
