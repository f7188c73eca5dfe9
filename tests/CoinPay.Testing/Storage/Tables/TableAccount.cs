namespace CoinPay.Testing.Storage.Tables;

/// <summary>The tables of an account. Not thread-safe.</summary>
internal sealed class TableAccount(TimeProvider time)
{
    private const int MaxChanges = 100;

    // A table's name is found in any case.
    private readonly SortedDictionary<string, MemoryTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private long _writes;

    public IEnumerable<string> Names => _tables.Keys;

    public MemoryTable this[string name] =>
        _tables.TryGetValue(name, out MemoryTable? table) ? table : throw StorageRefusal.TableNotFound();

    public void Create(string name)
    {
        if (name.Length is < 3 or > 63 || !name.All(char.IsAsciiLetterOrDigit) || char.IsAsciiDigit(name[0]))
            throw StorageRefusal.InvalidName();
        if (!_tables.TryAdd(name, new()))
            throw new StorageRefusal(409, "TableAlreadyExists", "The table specified already exists.");
    }

    public void Delete(string name)
    {
        if (!_tables.Remove(name))
            throw StorageRefusal.EntityNotFound();
    }

    /// <summary>Executes one write; returns the row after it, or null after a delete.</summary>
    public Row? Write(string table, RowChange change)
    {
        MemoryTable rows = this[table];
        Row? after = rows.Decide(change, NextETag(), time.GetUtcNow());
        rows.Put(change, after);
        return after;
    }

    /// <summary>Executes all of the writes or none.</summary>
    public IReadOnlyList<Row?> Write(string table, IReadOnlyList<RowChange> changes)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        List<Row?> after = [];
        for (int index = 0; index < changes.Count; index++)
        {
            try
            {
                after.Add(Decide(table, changes, index, keys));
            }
            catch (StorageRefusal refusal)
            {
                throw refusal.At(index);
            }
        }
        for (int index = 0; index < changes.Count; index++)
            this[table].Put(changes[index], after[index]);
        return after;
    }

    private Row? Decide(string table, IReadOnlyList<RowChange> changes, int index, HashSet<string> keys)
    {
        RowChange change = changes[index];
        if (index >= MaxChanges)
            throw StorageRefusal.InvalidInput("The batch request operation exceeds the maximum 100 changes per change set.");
        if (change.Partition != changes[0].Partition)
            throw new StorageRefusal(
                400, "CommandsInBatchActOnDifferentPartitions", "All commands of a batch must be of one partition.");
        if (!keys.Add(change.Key))
            throw new StorageRefusal(
                400, "InvalidDuplicateRow", $"A command with RowKey '{change.Key}' is already present in the batch.");
        return this[table].Decide(change, NextETag(), time.GetUtcNow());
    }

    private string NextETag() => $"W/\"memory'{++_writes:x8}'\"";
}
