using Azure.Data.Tables;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Durable.Ownership;

/// <summary>
/// Lets writes through only while this process owns the hub, and calls one that was overtaken on its way a failure: whoever asked
/// for it must not believe that the new owner knows of it.
/// </summary>
internal sealed class FencedRowStore(IRowStore inner, HubOwnership ownership) : IRowStore
{
    public Task EnsureTableAsync(string table, CancellationToken cancellation) => inner.EnsureTableAsync(table, cancellation);

    public async Task<IReadOnlyList<string>> SubmitAsync(
        string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation)
    {
        ownership.Demand();
        IReadOnlyList<string> tags = await inner.SubmitAsync(table, changes, cancellation);
        ownership.Demand();
        return tags;
    }

    public Task<TableEntity?> GetAsync(string table, string partition, string row, CancellationToken cancellation) =>
        inner.GetAsync(table, partition, row, cancellation);

    public Task<RowPage> QueryAsync(string table, RowQuery query, CancellationToken cancellation) =>
        inner.QueryAsync(table, query, cancellation);
}
