using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Forwarders;

/// <summary>
/// Gives processes turns to send from a gas wallet: a row <c>gas!address</c> next to the network's cursor, held until a given
/// time. A process that dies during its turn loses it at that time.
/// </summary>
internal sealed class GasWalletTurns(Tables tables, TimeProvider clock) : IGasWalletTurns
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait for a turn. Callers try again: a timer soon, an API caller when it likes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public async Task<IAsyncDisposable> TakeAsync(
        string network, string address, TimeSpan longest, CancellationToken cancellation)
    {
        for (DateTimeOffset givesUpAt = clock.GetUtcNow() + Patience; clock.GetUtcNow() < givesUpAt;)
        {
            TableEntity row = new(Key.Of(network), Key.Of("gas", address)) { ["HeldUntil"] = clock.GetUtcNow() + longest };
            if (await TryTakeAsync(row, cancellation) is { } tag)
                return new Turn(tables.Chains, row, tag, clock);
            await Task.Delay(Pause, clock, cancellation);
        }
        throw new ChainUnknownException(network, $"another process is sending from the gas wallet {address}");
    }

    private async Task<ETag?> TryTakeAsync(TableEntity row, CancellationToken cancellation)
    {
        TableEntity? held = await tables.Chains.FindAsync(row.PartitionKey, row.RowKey, cancellation);
        if (held is null)
            return await tables.Chains.TryAddTaggedAsync(row, cancellation);
        return held.GetDateTimeOffset("HeldUntil") <= clock.GetUtcNow()
            ? await tables.Chains.TryReplaceTaggedAsync(row, held.ETag, cancellation)
            : null;
    }

    private sealed class Turn(TableClient table, TableEntity row, ETag tag, TimeProvider clock) : IAsyncDisposable
    {
        /// <summary>Gives the turn back; if it has expired and another process has taken it, that process keeps it.</summary>
        public async ValueTask DisposeAsync()
        {
            row["HeldUntil"] = clock.GetUtcNow();
            await table.TryReplaceAsync(row, tag, CancellationToken.None);
        }
    }
}
