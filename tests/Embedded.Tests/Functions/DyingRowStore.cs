using Azure;
using Azure.Data.Tables;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>
/// Storage as one process sees it that dies at its n-th operation: just before it reaches the service, or just after, when the
/// service has done it and nobody hears of it. From then on nothing gets through.
/// </summary>
internal sealed class DyingRowStore(IRowStore inner, int diesAt = int.MaxValue, bool after = false) : IRowStore
{
    private int _operations;

    public int Operations => Volatile.Read(ref _operations);

    public bool IsDead => Operations >= diesAt;

    public Task EnsureTableAsync(string table, CancellationToken cancellation) => IsDead ? throw Died() : inner.EnsureTableAsync(table, cancellation);

    public Task<IReadOnlyList<string>> SubmitAsync(
        string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation) =>
        DoAsync(() => inner.SubmitAsync(table, changes, cancellation));

    public Task<TableEntity?> GetAsync(string table, string partition, string row, CancellationToken cancellation) =>
        DoAsync(() => inner.GetAsync(table, partition, row, cancellation));

    public Task<RowPage> QueryAsync(string table, RowQuery query, CancellationToken cancellation) =>
        DoAsync(() => inner.QueryAsync(table, query, cancellation));

    private async Task<T> DoAsync<T>(Func<Task<T>> operation)
    {
        int number = Interlocked.Increment(ref _operations);
        if (number > diesAt || (number == diesAt && !after))
            throw Died();
        T done = await operation();
        return number == diesAt ? throw Died() : done;
    }

    private static RequestFailedException Died() => new(0, "The process has died.");
}
