using Azure.Data.Tables;
using CoinPay.Embedded.Durable.Storage;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Storage behind a gate: while it is closed, turns' commits are under way and do not arrive.</summary>
internal sealed class GatedRowStore(IRowStore inner) : IRowStore
{
    private TaskCompletionSource _gate = Opened();
    private int _waiting;

    public int Waiting => Volatile.Read(ref _waiting);

    public void Close() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _gate.TrySetResult();

    public Task EnsureTableAsync(string table, CancellationToken cancellation) => inner.EnsureTableAsync(table, cancellation);

    public async Task<IReadOnlyList<string>> SubmitAsync(
        string table, IReadOnlyList<TableTransactionAction> changes, CancellationToken cancellation)
    {
        if (changes.Any(change => change.Entity.RowKey == HubKeys.State && change.ActionType == TableTransactionActionType.UpdateMerge))
        {
            Interlocked.Increment(ref _waiting);
            await _gate.Task;
            Interlocked.Decrement(ref _waiting);
        }
        return await inner.SubmitAsync(table, changes, cancellation);
    }

    public Task<TableEntity?> GetAsync(string table, string partition, string row, CancellationToken cancellation) =>
        inner.GetAsync(table, partition, row, cancellation);

    public Task<RowPage> QueryAsync(string table, RowQuery query, CancellationToken cancellation) =>
        inner.QueryAsync(table, query, cancellation);

    private static TaskCompletionSource Opened()
    {
        TaskCompletionSource open = new();
        open.SetResult();
        return open;
    }
}
