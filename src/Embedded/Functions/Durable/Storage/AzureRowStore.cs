using Azure;
using Azure.Data.Tables;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>Azure Tables through its own client.</summary>
internal sealed class AzureRowStore(TableServiceClient service) : IRowStore
{
    public async Task EnsureTableAsync(string table, CancellationToken cancellation) =>
        await service.CreateTableIfNotExistsAsync(table, cancellation);

    public async Task<IReadOnlyList<string>> SubmitAsync(
        string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation)
    {
        Response<IReadOnlyList<Response>> done = await service.GetTableClient(table).SubmitTransactionAsync(changes, cancellation);
        return [.. done.Value.Select(response => response.Headers.TryGetValue("ETag", out string? tag) ? tag : string.Empty)];
    }

    public async Task<TableEntity?> GetAsync(string table, string partition, string row, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> found = await service.GetTableClient(table)
            .GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }

    public async Task<RowPage> QueryAsync(string table, RowQuery query, CancellationToken cancellation)
    {
        AsyncPageable<TableEntity> rows = service.GetTableClient(table)
            .QueryAsync<TableEntity>(query.Filter, query.Top, cancellationToken: cancellation);
        await foreach (Page<TableEntity> page in rows.AsPages(query.Continuation, query.Top))
            return new(page.Values, page.ContinuationToken);
        return new([], null);
    }
}
