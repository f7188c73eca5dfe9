using Azure;
using Azure.Data.Tables;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>
/// Storage as one process sees it that dies at its n-th operation: just before it reaches the service, or just after, when the
/// service has done it and nobody hears of it. From then on nothing gets through.
/// </summary>
internal sealed class DyingStorage(IRowStore inner, IPayloadStore payloads, int diesAt = int.MaxValue, bool after = false)
    : IRowStore, IPayloadStore
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

    public Task PutAsync(string name, string text, CancellationToken cancellation) => DoAsync(async () =>
    {
        await payloads.PutAsync(name, text, cancellation);
        return 0;
    });

    public Task<string> GetAsync(string name, CancellationToken cancellation) => DoAsync(() => payloads.GetAsync(name, cancellation));

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
        DoAsync(() => payloads.ListAsync(prefix, cancellation));

    public Task DeleteAsync(string name, CancellationToken cancellation) => DoAsync(async () =>
    {
        await payloads.DeleteAsync(name, cancellation);
        return 0;
    });

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
