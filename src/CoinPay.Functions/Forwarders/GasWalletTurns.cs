using System.Globalization;
using System.Numerics;
using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Forwarders;

/// <summary>
/// Gives processes turns to send from a gas wallet: a row <c>gas!address</c> next to the network's cursor, held until a given
/// time, with a note of the last transaction. A process that dies during its turn loses it at that time.
/// </summary>
internal sealed class GasWalletTurns(Tables tables, TimeProvider clock) : IGasWalletTurns
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<IGasWalletTurn> TakeAsync(
        string network, string address, TimeSpan longest, CancellationToken cancellation)
    {
        for (DateTimeOffset givesUpAt = clock.GetUtcNow() + IGasWalletTurns.Patience; clock.GetUtcNow() < givesUpAt;)
        {
            if (await TryTakeAsync(Key.Of(network), Key.Of("gas", address), longest, cancellation) is var (row, tag))
                return new Turn(network, tables.Chains, row, tag, clock);
            await Task.Delay(Pause, clock, cancellation);
        }
        throw new ChainUnknownException(network, $"another process is sending from the gas wallet {address}");
    }

    private async Task<(TableEntity Row, ETag Tag)?> TryTakeAsync(
        string partition, string key, TimeSpan longest, CancellationToken cancellation)
    {
        TableEntity? held = await tables.Chains.FindAsync(partition, key, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        if (held?.GetDateTimeOffset("HeldUntil") > now)
            return null;
        TableEntity row = held ?? new(partition, key);
        row["HeldUntil"] = now + longest;
        ETag? taken = held is null
            ? await tables.Chains.TryAddTaggedAsync(row, cancellation)
            : await tables.Chains.TryReplaceTaggedAsync(row, held.ETag, cancellation);
        return taken is { } tag ? (row, tag) : null;
    }

    private sealed class Turn(string network, TableClient table, TableEntity row, ETag tag, TimeProvider clock) : IGasWalletTurn
    {
        private ETag _tag = tag;

        public GasWalletNote? Note { get; private set; } = NoteIn(row);

        public async Task WriteAsync(GasWalletNote note, CancellationToken cancellation)
        {
            row["Nonce"] = Text(note.Nonce);
            row["MaxFee"] = Text(note.Fees.Max);
            row["PriorityFee"] = note.Fees.Priority is { } priority ? Text(priority) : null;
            row["OnceId"] = note.OnceId;
            row["Hashes"] = string.Join(',', note.Hashes);
            _tag = await table.TryReplaceTaggedAsync(row, _tag, cancellation)
                ?? throw new ChainUnknownException(network, "another process has taken the gas wallet's turn over");
            Note = note;
        }

        /// <summary>Gives the turn back; if it has expired and another process has taken it, that process keeps it.</summary>
        public async ValueTask DisposeAsync()
        {
            row["HeldUntil"] = clock.GetUtcNow();
            await table.TryReplaceAsync(row, _tag, CancellationToken.None);
        }

        private static GasWalletNote? NoteIn(TableEntity row) => row.GetString("Nonce") is { } nonce
            ? new(
                Number(nonce),
                new(Number(row.GetString("MaxFee")), row.GetString("PriorityFee") is { } priority ? Number(priority) : null),
                row.GetString("OnceId"),
                row.GetString("Hashes").Split(',', StringSplitOptions.RemoveEmptyEntries))
            : null;

        private static string Text(BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

        private static BigInteger Number(string text) => BigInteger.Parse(text, CultureInfo.InvariantCulture);
    }
}
