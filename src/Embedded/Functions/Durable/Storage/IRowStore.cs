using Azure.Data.Tables;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// Rows of Azure Tables, as low as the engine goes: real tables, or memory under the same conditions. What is refused throws
/// <see cref="Azure.RequestFailedException"/> with the service's status: 409 exists, 412 another ETag, 404 missing.
/// </summary>
internal interface IRowStore
{
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
}

/// <summary>Which rows, by an OData filter; all without one.</summary>
internal sealed record RowQuery(string? Filter = null, int Top = 1000, string? Continuation = null);

/// <summary>A page of rows; without a continuation it is the last.</summary>
internal sealed record RowPage(IReadOnlyList<TableEntity> Rows, string? Continuation);
