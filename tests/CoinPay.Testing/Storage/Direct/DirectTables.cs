using System.Linq.Expressions;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Testing.Storage.Direct;

/// <summary>
/// The table service's client, whose calls reach the rows without the protocol: it returns and refuses the same,
/// at a tenth of the cost. Only the asynchronous members that are overridden here may be called.
/// </summary>
internal sealed class DirectTables(TableCall call) : TableServiceClient
{
    public override TableClient GetTableClient(string tableName) => new DirectTable(tableName, call);

    public override async Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        await GetTableClient(tableName).CreateAsync(cancellationToken);

    public override async Task<Response<TableItem>> CreateTableIfNotExistsAsync(
        string tableName, CancellationToken cancellationToken = default) =>
        await GetTableClient(tableName).CreateIfNotExistsAsync(cancellationToken);

    public override Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).DeleteAsync(cancellationToken);

    public override AsyncPageable<TableItem> QueryAsync(
        Expression<Func<TableItem, bool>> filter, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        QueryAsync(CreateQueryFilter(filter), maxPerPage, cancellationToken);

    public override AsyncPageable<TableItem> QueryAsync(
        string? filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default) =>
        new DirectPages<TableItem>(async (_, _) =>
        {
            TableRequest request = new(StorageAction.QueryTables, string.Empty) { Query = TableQuery.Of(filter, TableQuery.PageRows) };
            TableAnswer answer = (await call(request)).OrThrow();
            return ([.. answer.Rows.Select(row => new TableItem(row!.Key))], null);
        });
}

/// <summary>One table's client.</summary>
internal sealed class DirectTable(string name, TableCall call) : TableClient
{
    private const int ConflictStatus = 409;

    public override string Name => name;

    public override async Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default) =>
        Created((await CallAsync(new(StorageAction.CreateTable, name), cancellationToken)).OrThrow());

    public override async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        TableAnswer answer = await CallAsync(new(StorageAction.CreateTable, name), cancellationToken);
        return Created(answer.Status == ConflictStatus ? answer : answer.OrThrow());
    }

    public override async Task<Response> DeleteAsync(CancellationToken cancellationToken = default) =>
        (await CallAsync(new(StorageAction.DeleteTable, name), cancellationToken)).OrThrow().ToResponse();

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default) =>
        WriteAsync(DirectEntity.Change(StorageAction.InsertEntity, entity, null), cancellationToken);

    public override Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        WriteAsync(
            DirectEntity.Change(mode == TableUpdateMode.Merge ? StorageAction.UpsertMerge : StorageAction.UpsertReplace, entity, null),
            cancellationToken);

    public override Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(ifMatch, default);
        StorageAction action = mode == TableUpdateMode.Merge ? StorageAction.UpdateMerge : StorageAction.UpdateReplace;
        return WriteAsync(DirectEntity.Change(action, entity, ifMatch), cancellationToken);
    }

    public override Task<Response> DeleteEntityAsync(
        ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);

    public override async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        RowChange change = DirectEntity.Change(StorageAction.DeleteEntity, new TableEntity(partitionKey, rowKey), ifMatch);
        TableAnswer answer = await CallAsync(Write(change), cancellationToken);
        // The client takes a row that is gone for one that it has deleted.
        return (answer.Refusal?.Code == StorageRefusal.EntityNotFound().Code ? answer : answer.OrThrow()).ToResponse();
    }

    public override async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        TableAnswer answer = (await GetAsync(partitionKey, rowKey, cancellationToken)).OrThrow();
        return Response.FromValue(DirectEntity.Read<T>(answer.Rows[0]!, select), answer.ToResponse());
    }

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        TableAnswer answer = await GetAsync(partitionKey, rowKey, cancellationToken);
        return answer.Refusal?.Code == StorageRefusal.EntityNotFound().Code
            ? new NoEntity<T>(answer.ToResponse())
            : Response.FromValue(DirectEntity.Read<T>(answer.OrThrow().Rows[0]!, select), answer.ToResponse());
    }

    public override AsyncPageable<T> QueryAsync<T>(
        Expression<Func<T, bool>> filter, int? maxPerPage = null, IEnumerable<string>? select = null,
        CancellationToken cancellationToken = default) =>
        QueryAsync<T>(CreateQueryFilter(filter), maxPerPage, select, cancellationToken);

    public override AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        new DirectPages<T>(async (continuation, pageSize) =>
        {
            TableRequest request = DirectQuery.Read(name, filter, pageSize ?? maxPerPage, continuation);
            TableAnswer answer = (await CallAsync(request, cancellationToken)).OrThrow();
            return ([.. answer.Rows.Select(row => DirectEntity.Read<T>(row!, select))], DirectQuery.Continuation(answer.Next));
        });

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        TableAnswer answer = await CallAsync(DirectTransaction.Read(name, transactionActions), cancellationToken);
        if (answer.Refusal is { } refusal)
            throw DirectTransaction.Failed(refusal);
        IReadOnlyList<Response> responses = [.. answer.Rows.Select(row => new DirectResponse(204, row?.ETag))];
        return Response.FromValue(responses, answer.ToResponse());
    }

    private static Response<TableItem> Created(TableAnswer answer) => Response.FromValue(new TableItem(string.Empty), answer.ToResponse());

    private async Task<Response> WriteAsync(RowChange change, CancellationToken cancellation) =>
        (await CallAsync(Write(change), cancellation)).OrThrow().ToResponse();

    private TableRequest Write(RowChange change) => new(change.Action, name, change.Partition, change.Key) { Changes = [change] };

    private ValueTask<TableAnswer> GetAsync(string partition, string key, CancellationToken cancellation) =>
        CallAsync(new(StorageAction.GetEntity, name, partition, key), cancellation);

    private ValueTask<TableAnswer> CallAsync(TableRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return call(request);
    }
}
