using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Testing.Storage.Direct;

/// <summary>A client's table request that bypasses the protocol.</summary>
/// <param name="Table">Its name; empty for a list of tables.</param>
internal sealed record TableRequest(StorageAction Action, string Table, string? Partition = null, string? Key = null)
{
    /// <summary>The writes: one, or those of a transaction.</summary>
    public IReadOnlyList<RowChange> Changes { get; init; } = [];

    /// <summary>The query.</summary>
    public TableQuery? Query { get; init; }

    /// <summary>The keys from which a query continues.</summary>
    public (string Partition, string Key)? From { get; init; }

    /// <summary>The request as a hook sees it, like a request of the protocol.</summary>
    public StorageOperation Operation => new(
        0,
        Action,
        Table,
        Partition,
        Key,
        Action == StorageAction.Transaction
            ? [.. Changes.Select(change => new RowOperation(change.Action, change.Partition, change.Key))]
            : []);

    /// <summary>Executes the request under the account's lock; a refusal is a result.</summary>
    public TableAnswer Effect(TableAccount tables)
    {
        try
        {
            return Do(tables);
        }
        catch (StorageRefusal refusal)
        {
            // A transaction is answered within a multipart body, whatever became of it.
            return new(Action == StorageAction.Transaction ? 202 : refusal.Status) { Refusal = refusal };
        }
    }

    private TableAnswer Do(TableAccount tables)
    {
        switch (Action)
        {
            case StorageAction.GetEntity:
                // A row that is not there is so usual that it is not worth an exception.
                return tables[Table].Find(Partition!, Key!) is { } row
                    ? new(200) { Rows = [row] }
                    : new(404) { Refusal = StorageRefusal.EntityNotFound() };
            case StorageAction.QueryEntities:
                (IReadOnlyList<Row> rows, Row? next) = Query!.Page(tables[Table], From?.Partition, From?.Key);
                return new(200) { Rows = rows, Next = next };
            case StorageAction.Transaction:
                return new(202) { Rows = tables.Write(Table, Changes) };
            case StorageAction.CreateTable:
                tables.Create(Table);
                return new(201);
            case StorageAction.DeleteTable:
                tables.Delete(Table);
                return new(204);
            case StorageAction.QueryTables:
                return new(200) { Rows = [.. tables.Names.Select(TableEndpoint.TableRow).Where(one => Query!.Filter?.Fits(one) ?? true)] };
            default:
                return new(204) { Rows = [tables.Write(Table, Changes.Single())] };
        }
    }
}

/// <summary>The result of a request.</summary>
/// <param name="Status">As in the protocol's response.</param>
internal sealed record TableAnswer(int Status)
{
    /// <summary>The rows read, or the rows written as they are now; null for a deleted row.</summary>
    public IReadOnlyList<Row?> Rows { get; init; } = [];

    /// <summary>The first row of the next page.</summary>
    public Row? Next { get; init; }

    public StorageRefusal? Refusal { get; init; }
}

/// <summary>Executes a request; its exceptions reach the client's caller.</summary>
internal delegate ValueTask<TableAnswer> TableCall(TableRequest request);
