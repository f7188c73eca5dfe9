using Azure;
using Azure.Data.Tables;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>
/// Table calls whose ordinary other outcome (missing, there already, changed meanwhile) is an answer, not an exception.
/// </summary>
internal static class TableCalls
{
    /// <summary>What an entity-group transaction takes.</summary>
    public const int MaxBatchRows = 100;

    public static async Task<TableEntity?> FindAsync(
        this TableClient table, string partition, string row, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> found =
            await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }

    /// <summary>False when the row stands already.</summary>
    public static async Task<bool> TryAddAsync(this TableClient table, TableEntity row, CancellationToken cancellation) =>
        await table.TryAddTaggedAsync(row, cancellation) is not null;

    /// <summary>The new row's ETag; null when the row stands already.</summary>
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

    /// <summary>False when the row has another ETag, or is gone.</summary>
    public static async Task<bool> TryReplaceAsync(
        this TableClient table, TableEntity row, ETag expected, CancellationToken cancellation) =>
        await table.TryReplaceTaggedAsync(row, expected, cancellation) is not null;

    /// <summary>The row's new ETag; null when it had another than expected, or is gone.</summary>
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

    /// <summary>Writes the properties that are given and leaves the others; false when the row has another ETag, or is gone.</summary>
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

    /// <summary>Deletes the row as it was read; one that was changed since stays.</summary>
    public static async Task TryDeleteAsync(this TableClient table, TableEntity row, CancellationToken cancellation)
    {
        try
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellation);
        }
        catch (RequestFailedException conflict) when (conflict.Status is 412 or 404)
        {
            // Somebody else's by now.
        }
    }

    /// <summary>One entity-group transaction; false when any row stood already or had another ETag.</summary>
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

    /// <summary>Deletes rows of one partition, whatever their tags; that some are gone already is no error.</summary>
    public static async Task DeleteAllAsync(
        this TableClient table, string partition, IReadOnlyCollection<string> keys, CancellationToken cancellation)
    {
        foreach (string[] batch in keys.Chunk(MaxBatchRows))
        {
            TableTransactionAction[] gone =
                [.. batch.Select(key => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, key), ETag.All))];
            if (await table.TryCommitAsync(gone, cancellation))
                continue;
            // One missing row fails the whole batch; a delete of its own takes it for done.
            foreach (string key in batch)
                await table.DeleteEntityAsync(partition, key, ETag.All, cancellation);
        }
    }

    /// <summary>All rows that match an OData filter, in pages of <paramref name="pageSize"/>.</summary>
    public static AsyncPageable<TableEntity> RowsAsync(
        this TableClient table, string filter, CancellationToken cancellation, int? pageSize = null) =>
        table.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: cancellation);

    /// <summary>All rows of a partition whose key begins with a prefix, ascending.</summary>
    public static AsyncPageable<TableEntity> RangeAsync(
        this TableClient table, string partition, string prefix, CancellationToken cancellation)
    {
        FormattableString filter =
            $"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {Key.After(prefix)}";
        return table.RowsAsync(TableClient.CreateQueryFilter(filter), cancellation);
    }

    /// <summary>
    /// One page of a partition's rows, ascending by key, of those that begin with <paramref name="prefix"/>; and the
    /// key to go on after, null when there is no more. <paramref name="conditions"/> narrow them further, as OData.
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
