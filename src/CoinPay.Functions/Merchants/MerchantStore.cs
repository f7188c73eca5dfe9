using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Merchants;

/// <summary>Merchants and their wallets, for the hot path from a memory of at most <see cref="Memory"/>.</summary>
internal sealed class MerchantStore(Tables tables, TimeProvider clock)
{
    public static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private const int Tries = 5;

    private readonly ShortMemory<Merchant?> _merchants = new(clock, Memory);
    private readonly ShortMemory<WalletChange> _wallets = new(clock, Memory);

    /// <summary>Null when there is no such merchant; ids that are no ids are not asked for.</summary>
    public async Task<Merchant?> FindAsync(string id, CancellationToken cancellation) => Id.IsWellFormed("mer", id)
        ? await _merchants.GetAsync(
            id, async () => await ReadAsync(id, cancellation) is { } row ? MerchantRows.ReadMerchant(row) : null)
        : null;

    /// <summary>The merchant, or a 404 problem.</summary>
    public async Task<Merchant> GetAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) ?? throw new ProblemException(Problems.NotFound("merchant"));

    /// <summary>
    /// Inserts; the same id again changes nothing. The list's row first: one without a merchant is passed over.
    /// </summary>
    public async Task AddAsync(Merchant merchant, CancellationToken cancellation)
    {
        string newestFirst = Id.NewestFirst(merchant.Id);
        TableEntity listed = new(MerchantRows.ListPartition, newestFirst) { ["MerchantId"] = merchant.Id };
        await tables.Index.UpsertEntityAsync(listed, TableUpdateMode.Replace, cancellation);
        await tables.Merchants.TryAddAsync(MerchantRows.Write(merchant), cancellation);
        _merchants.Forget(merchant.Id);
    }

    /// <summary>Newest first, and the row key to go on after, if there is more.</summary>
    public async Task<(IReadOnlyList<Merchant> Merchants, string? Last)> ListAsync(
        Paging paging, CancellationToken cancellation)
    {
        (IReadOnlyList<TableEntity> rows, string? last) =
            await tables.Index.PageAsync(MerchantRows.ListPartition, paging, cancellation);
        Merchant?[] merchants = await Task.WhenAll(
            rows.Select(row => FindAsync(row.GetString("MerchantId"), cancellation)));
        return ([.. merchants.OfType<Merchant>()], last);
    }

    /// <summary>Applies a change to what is stored now; again, should somebody else have written in between.</summary>
    public async Task<Merchant> ChangeAsync(string id, Func<Merchant, Merchant> change, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            TableEntity row = await ReadAsync(id, cancellation)
                ?? throw new ProblemException(Problems.NotFound("merchant"));
            Merchant changed = change(MerchantRows.ReadMerchant(row)) with { UpdatedAt = clock.GetUtcNow() };
            if (!await tables.Merchants.TryReplaceAsync(MerchantRows.Write(changed), row.ETag, cancellation))
                continue;
            _merchants.Forget(id);
            return changed;
        }
        throw new ProblemException(Problems.Conflict("merchant"));
    }

    /// <summary>
    /// The wallet that invoices made now pay into, or null when the merchant has none on this network.
    /// </summary>
    public async Task<Wallet?> FindWalletAsync(
        string merchantId, string network, DateTimeOffset now, CancellationToken cancellation)
    {
        async Task<WalletChange> Read() => (await ReadWalletsAsync(merchantId, network, cancellation)).Wallets;
        WalletChange wallets = await _wallets.GetAsync(Key.Of(merchantId, network), Read);
        // What is remembered may be older than a cancellation in another process, just before the change took effect.
        bool mayBeCancelled = wallets.Next?.EffectiveAt <= now && now - wallets.Next.EffectiveAt < Memory;
        return (mayBeCancelled ? await Read() : wallets).At(now);
    }

    /// <summary>All of a merchant's networks, by short name.</summary>
    public async Task<IReadOnlyList<WalletChange>> ListWalletsAsync(string merchantId, CancellationToken cancellation)
    {
        List<WalletChange> wallets = [];
        await foreach (TableEntity row in tables.Merchants.RangeAsync(merchantId, MerchantRows.WalletPrefix, cancellation))
            wallets.Add(MerchantRows.ReadWallets(row));
        return wallets;
    }

    /// <summary>
    /// Reserves an extended public key for a merchant. False when another merchant holds it; true again for the same
    /// one.
    /// </summary>
    public async Task<bool> TryClaimAsync(string merchantId, string canonicalKey, CancellationToken cancellation)
    {
        TableEntity claim = new(MerchantRows.ClaimPartition(canonicalKey), MerchantRows.LookupRow)
        {
            ["MerchantId"] = merchantId,
            ["ClaimedAt"] = clock.GetUtcNow(),
        };
        if (await tables.Index.TryAddAsync(claim, cancellation))
            return true;
        TableEntity? held = await tables.Index.FindAsync(claim.PartitionKey, claim.RowKey, cancellation);
        return held?.GetString("MerchantId") == merchantId;
    }

    /// <summary>
    /// Puts a wallet in force after the delay, in one transaction with the outbox row that tells of it. The same
    /// wallet again changes nothing and tells nothing.
    /// </summary>
    public async Task<WalletChange> PutWalletAsync(
        string merchantId, Wallet wallet, TimeSpan delay, Func<WalletChange, TableEntity> tell,
        CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            DateTimeOffset now = clock.GetUtcNow();
            (WalletChange wallets, ETag? tag) = await ReadWalletsAsync(merchantId, wallet.Network, cancellation);
            if ((wallets.Next ?? wallets.Current)?.IsSame(wallet) == true)
                return wallets;
            WalletChange changed = wallets.Replace(wallet, now, delay);
            TableEntity row = MerchantRows.Write(merchantId, wallet.Network, changed);
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

    private Task<TableEntity?> ReadAsync(string id, CancellationToken cancellation) => Id.IsWellFormed("mer", id)
        ? tables.Merchants.FindAsync(id, MerchantRows.MerchantRow, cancellation)
        : Task.FromResult<TableEntity?>(null);

    private async Task<(WalletChange Wallets, ETag? Tag)> ReadWalletsAsync(
        string merchantId, string network, CancellationToken cancellation)
    {
        TableEntity? row = await tables.Merchants.FindAsync(merchantId, MerchantRows.WalletRow(network), cancellation);
        return row is null ? (new(null, null), null) : (MerchantRows.ReadWallets(row), row.ETag);
    }
}
