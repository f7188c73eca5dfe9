using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Wallets;

/// <summary>Stores wallets. Reads on the hot path are cached for at most <see cref="ShortMemory.OfRows"/>.</summary>
internal sealed class WalletStore(Tables tables, TimeProvider clock)
{
    private const int Tries = 5;

    private readonly ShortMemory<WalletChange> _wallets = new(clock, ShortMemory.OfRows);

    /// <summary>
    /// Returns the wallet that invoices created now pay to, or null if the merchant has none on this network.
    /// </summary>
    public async Task<Wallet?> FindAsync(
        string merchantId, string network, DateTimeOffset now, CancellationToken cancellation)
    {
        async Task<WalletChange> Read() => (await ReadAsync(merchantId, network, cancellation)).Wallets;
        WalletChange wallets = await _wallets.GetAsync(Key.Of(merchantId, network), Read);
        // The cached value may predate a cancellation in another process just before the change took effect.
        bool mayBeCancelled = wallets.Next?.EffectiveAt <= now && now - wallets.Next.EffectiveAt < ShortMemory.OfRows;
        return (mayBeCancelled ? await Read() : wallets).At(now);
    }

    /// <summary>Returns all wallets of a merchant, ordered by the network's short name.</summary>
    public async Task<IReadOnlyList<WalletChange>> ListAsync(string merchantId, CancellationToken cancellation)
    {
        List<WalletChange> wallets = [];
        await foreach (TableEntity row in tables.Merchants.RangeAsync(merchantId, WalletRows.Prefix, cancellation))
            wallets.Add(WalletRows.Read(row));
        return wallets;
    }

    /// <summary>Whether this wallet is already the merchant's, in force or pending.</summary>
    public async Task<bool> HoldsAsync(string merchantId, Wallet wallet, CancellationToken cancellation)
    {
        (WalletChange wallets, _) = await ReadAsync(merchantId, wallet.Network, cancellation);
        return wallets.Current?.IsSame(wallet) == true || wallets.Next?.IsSame(wallet) == true;
    }

    /// <summary>
    /// Reserves an extended public key for a merchant. Returns true if this merchant holds it, false if another does.
    /// </summary>
    public async Task<bool> TryClaimAsync(string merchantId, string canonicalKey, CancellationToken cancellation)
    {
        TableEntity claim = WalletRows.Claim(canonicalKey, merchantId, clock.GetUtcNow());
        if (await tables.Index.TryAddAsync(claim, cancellation))
            return true;
        TableEntity? held = await tables.Index.FindAsync(claim.PartitionKey, claim.RowKey, cancellation);
        return held?.GetString("MerchantId") == merchantId;
    }

    /// <summary>
    /// Puts a wallet in force after the delay, in one transaction with the outbox row for its event. Putting the same wallet
    /// again changes nothing and publishes nothing.
    /// </summary>
    public async Task<WalletChange> PutAsync(
        string merchantId, Wallet wallet, TimeSpan delay, Func<WalletChange, TableEntity> tell,
        CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            DateTimeOffset now = clock.GetUtcNow();
            (WalletChange wallets, ETag? tag) = await ReadAsync(merchantId, wallet.Network, cancellation);
            if ((wallets.Next ?? wallets.Current)?.IsSame(wallet) == true)
                return wallets;
            WalletChange changed = wallets.Replace(wallet, now, delay);
            TableEntity row = WalletRows.Write(merchantId, wallet.Network, changed);
            TableTransactionAction write = tag is { } seen
                ? new(TableTransactionActionType.UpdateReplace, row, seen)
                : new(TableTransactionActionType.Add, row);
            if (!await tables.Merchants.TryCommitAsync(
                [write, new(TableTransactionActionType.Add, tell(changed))], cancellation))
                continue;
            _wallets.Forget(Key.Of(merchantId, wallet.Network));
            return changed;
        }
        throw new ProblemException(Problems.Conflict("wallet"));
    }

    private async Task<(WalletChange Wallets, ETag? Tag)> ReadAsync(
        string merchantId, string network, CancellationToken cancellation)
    {
        TableEntity? row = await tables.Merchants.FindAsync(merchantId, WalletRows.RowOf(network), cancellation);
        return row is null ? (new(null, null), null) : (WalletRows.Read(row), row.ETag);
    }
}
