using Azure;
using Azure.Data.Tables;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// Rows of Azure Tables, as low as the engine goes: real tables, or memory under the same conditions. What is refused throws
/// <see cref="RequestFailedException"/> with the service's status: 409 exists, 412 another ETag, 404 missing.
/// </summary>
internal interface IRowStore
{
    /// <summary>Tables' limit for one entity-group transaction.</summary>
    const int MaxRows = 100;

    Task EnsureTableAsync(string table, CancellationToken cancellation);

    /// <summary>All changes of one partition or none: at most 100 rows and 4 MiB. Gives the rows' ETags in the order of the changes.</summary>
    Task<IReadOnlyList<string>> SubmitAsync(string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation);

    /// <summary>Null if there is no such row.</summary>
    Task<TableEntity?> GetAsync(string table, string partition, string row, CancellationToken cancellation);

    /// <summary>One page, in the order of keys.</summary>
    Task<RowPage> QueryAsync(string table, RowQuery query, CancellationToken cancellation);

    /// <summary>All rows of one partition, in the order of keys.</summary>
    async Task<List<TableEntity>> ListAsync(string table, string partition, CancellationToken cancellation)
    {
        RowQuery query = new(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"));
        RowPage page = await QueryAsync(table, query, cancellation);
        List<TableEntity> all = [.. page.Rows];
        while (page.Continuation is not null)
        {
            page = await QueryAsync(table, query with { Continuation = page.Continuation }, cancellation);
            all.AddRange(page.Rows);
        }
        return all;
    }

    /// <summary>Removes rows of one partition. Some may be gone already: others tidy up too.</summary>
    async Task RemoveAsync(string table, string partition, IEnumerable<string> keys, CancellationToken cancellation)
    {
        foreach (string[] chunk in keys.Chunk(MaxRows))
            if (!await TryRemoveAsync(table, partition, chunk, cancellation))
                foreach (string key in chunk)
                    await TryRemoveAsync(table, partition, [key], cancellation);
    }

    /// <summary>All of them, or none and false if one is missing.</summary>
    private async Task<bool> TryRemoveAsync(string table, string partition, string[] keys, CancellationToken cancellation)
    {
        try
        {
            await SubmitAsync(
                table,
                [.. keys.Select(key => new TableTransactionAction(
                    TableTransactionActionType.Delete, new TableEntity(partition, key), ETag.All))],
                cancellation);
            return true;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return false;
        }
    }
}

/// <summary>Which rows, by an OData filter; all without one.</summary>
internal sealed record RowQuery(string? Filter = null, int Top = 1000, string? Continuation = null);

/// <summary>A page of rows; without a continuation it is the last.</summary>
internal sealed record RowPage(IReadOnlyList<TableEntity> Rows, string? Continuation);
