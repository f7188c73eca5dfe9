namespace CoinPay.Testing.Storage.Tables;

/// <summary>The rows of one table and the operations on them.</summary>
internal sealed class MemoryTable
{
    private readonly SortedSet<Row> _rows = new(Row.Order);

    public Row? Find(string partition, string key) => _rows.TryGetValue(Row.At(partition, key), out Row? row) ? row : null;

    /// <summary>Returns all rows from these keys on, in order.</summary>
    public IEnumerable<Row> From(string partition, string key)
    {
        Row first = Row.At(partition, key);
        return _rows.Max is { } last && Row.Order.Compare(first, last) <= 0 ? _rows.GetViewBetween(first, last) : [];
    }

    /// <summary>Returns the row that a change produces, or null for a delete. Refuses a change whose conditions are not met.</summary>
    public Row? Decide(RowChange change, string etag, DateTimeOffset now)
    {
        Row? before = Find(change.Partition, change.Key);
        if (change.Action == StorageAction.InsertEntity && before is not null)
            throw new StorageRefusal(409, "EntityAlreadyExists", "The specified entity already exists.");
        if (change.Action is StorageAction.UpdateMerge or StorageAction.UpdateReplace or StorageAction.DeleteEntity)
            CheckCondition(change, before);
        if (change.Action == StorageAction.DeleteEntity)
            return null;
        bool merges = change.Action is StorageAction.UpdateMerge or StorageAction.UpsertMerge && before is not null;
        Row after = new(
            change.Partition, change.Key, merges ? Merged(before!, change) : change.Properties, etag, now);
        EntityLimits.Check(after);
        return after;
    }

    /// <summary>Stores the decided row at the change's keys.</summary>
    public void Put(RowChange change, Row? after)
    {
        _rows.Remove(Row.At(change.Partition, change.Key));
        if (after is not null)
            _rows.Add(after);
    }

    private static void CheckCondition(RowChange change, Row? before)
    {
        if (before is null)
            throw StorageRefusal.EntityNotFound();
        if (change.IfMatch != "*" && change.IfMatch != before.ETag)
            throw new StorageRefusal(
                412, "UpdateConditionNotSatisfied", "The update condition specified in the request was not satisfied.");
    }

    private static Dictionary<string, object> Merged(Row before, RowChange change)
    {
        Dictionary<string, object> merged = new(before.Properties, StringComparer.Ordinal);
        foreach ((string name, object value) in change.Properties)
            merged[name] = value;
        return merged;
    }
}
