using Azure;
using Azure.Data.Tables;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>
/// Table calls that return an expected conflict (missing, already exists, changed in the meantime) instead of throwing.
/// </summary>
internal static class TableCalls
{
    /// <summary>The maximum number of rows in an entity-group transaction.</summary>
    public const int MaxBatchRows = 100;

    public static async Task<TableEntity?> FindAsync(
        this TableClient table, string partition, string row, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> found =
            await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>Returns false if the row already exists.</summary>
    public static async Task<bool> TryAddAsync(this TableClient table, TableEntity row, CancellationToken cancellation) =>
        await table.TryAddTaggedAsync(row, cancellation) is not null;

    /// <summary>Returns the new row's ETag, or null if the row already exists.</summary>
    public static async Task<ETag?> TryAddTaggedAsync(
        this TableClient table, TableEntity row, CancellationToken cancellation)
    {
        try
        {
            return (await table.AddEntityAsync(row, cancellation)).Headers.ETag;
        }
        catch (RequestFailedException conflict) when (conflict.Status == 409)
        {
            return null;
        }
    }

    /// <summary>Returns false if the row has a different ETag or no longer exists.</summary>
    public static async Task<bool> TryReplaceAsync(
        this TableClient table, TableEntity row, ETag expected, CancellationToken cancellation) =>
        await table.TryReplaceTaggedAsync(row, expected, cancellation) is not null;

    /// <summary>Returns the row's new ETag, or null if its ETag was not the expected one or it no longer exists.</summary>
    public static async Task<ETag?> TryReplaceTaggedAsync(
        this TableClient table, TableEntity row, ETag expected, CancellationToken cancellation)
    {
        try
        {
            return (await table.UpdateEntityAsync(row, expected, TableUpdateMode.Replace, cancellation)).Headers.ETag;
        }
        catch (RequestFailedException conflict) when (conflict.Status is 412 or 404)
        {
            return null;
        }
    }

    /// <summary>Writes only the given properties. Returns false if the row has a different ETag or no longer exists.</summary>
    public static async Task<bool> TryMergeAsync(
        this TableClient table, TableEntity row, ETag expected, CancellationToken cancellation)
    {
        try
        {
            await table.UpdateEntityAsync(row, expected, TableUpdateMode.Merge, cancellation);
            return true;
        }
        catch (RequestFailedException conflict) when (conflict.Status is 412 or 404)
        {
            return false;
        }
    }

    /// <summary>Deletes the row unless it was changed since it was read.</summary>
    public static async Task TryDeleteAsync(this TableClient table, TableEntity row, CancellationToken cancellation)
    {
        try
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation);
        }
        catch (RequestFailedException conflict) when (conflict.Status is 412 or 404)
        {
            // Someone else has changed or deleted it.
        }
    }

    /// <summary>Runs one entity-group transaction. Returns false if a row already exists, is missing or has a different ETag.</summary>
    public static async Task<bool> TryCommitAsync(
        this TableClient table, IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation)
    {
        try
        {
            await table.SubmitTransactionAsync(actions, cancellation);
            return true;
        }
        catch (TableTransactionFailedException conflict) when (conflict.Status is 409 or 412 or 404)
        {
            return false;
        }
    }

    /// <summary>Deletes rows of one partition regardless of their ETags; missing rows are not an error.</summary>
    public static async Task DeleteAllAsync(
        this TableClient table, string partition, IReadOnlyCollection<string> keys, CancellationToken cancellation)
    {
        foreach (string[] batch in keys.Chunk(MaxBatchRows))
        {
            TableTransactionAction[] gone =
                [.. batch.Select(key => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, key), ETag.All))];
            if (await table.TryCommitAsync(gone, cancellation))
                continue;
            // One missing row fails the whole batch; deleting it on its own does not fail.
            foreach (string key in batch)
                await table.DeleteEntityAsync(partition, key, ETag.All, cancellation);
        }
    }

    /// <summary>Returns all rows that match an OData filter, in pages of <paramref name="pageSize"/>.</summary>
    public static AsyncPageable<TableEntity> RowsAsync(
        this TableClient table, string filter, CancellationToken cancellation, int? pageSize = null) =>
        table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellation);

    /// <summary>Returns all rows of a partition whose key begins with a prefix, ascending.</summary>
    public static AsyncPageable<TableEntity> RangeAsync(
        this TableClient table, string partition, string prefix, CancellationToken cancellation)
    {
        FormattableString filter =
            $"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {Key.After(prefix)}";
        return table.RowsAsync(TableClient.CreateQueryFilter(filter), cancellation);
    }

    /// <summary>
    /// Returns one page of a partition's rows whose keys begin with <paramref name="prefix"/>, ascending, and the key to
    /// continue after, or null if there are no more. <paramref name="conditions"/> are further OData filters.
    /// </summary>
    public static async Task<(IReadOnlyList<TableEntity> Rows, string? Last)> PageAsync(
        this TableClient table, string partition, Paging paging, CancellationToken cancellation, string prefix = "",
        IEnumerable<string>? conditions = null)
    {
        string after = paging.After ?? prefix;
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after}");
        if (prefix.Length > 0)
            filter += TableClient.CreateQueryFilter($" and RowKey lt {Key.After(prefix)}");
        foreach (string condition in conditions ?? [])
            filter += " and " + condition;
        List<TableEntity> rows = [];
        await foreach (TableEntity row in table.RowsAsync(filter, cancellation, paging.Limit + 1))
        {
            rows.Add(row);
            if (rows.Count > paging.Limit)
                break;
        }
        return rows.Count <= paging.Limit ? (rows, null) : (rows[..paging.Limit], rows[paging.Limit - 1].RowKey);
    }
}
