using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Merchants;

/// <summary>Stores merchants. Reads on the hot path are cached for at most <see cref="ShortMemory.OfRows"/>.</summary>
internal sealed class MerchantStore(Tables tables, TimeProvider clock)
{
    private const int Tries = 5;

    private readonly ShortMemory<Merchant?> _merchants = new(clock, ShortMemory.OfRows);

    /// <summary>Returns null if there is no such merchant. A malformed id is not looked up.</summary>
    public async Task<Merchant?> FindAsync(string id, CancellationToken cancellation) => Id.IsWellFormed("mer", id)
        ? await _merchants.GetAsync(
            id, async () => await ReadAsync(id, cancellation) is { } row ? MerchantRows.ReadMerchant(row) : null)
        : null;

    /// <summary>Returns the merchant, or throws a 404 problem.</summary>
    public async Task<Merchant> GetAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, cancellation) ?? throw new ProblemException(Problems.NotFound("merchant"));

    /// <summary>
    /// Inserts a merchant; inserting the same id again changes nothing. Writes the list's row first, because a list row
    /// without a merchant is skipped.
    /// </summary>
    public async Task AddAsync(Merchant merchant, CancellationToken cancellation)
    {
        string newestFirst = Id.NewestFirst(merchant.Id);
        TableEntity listed = new(MerchantRows.ListPartition, newestFirst) { ["MerchantId"] = merchant.Id };
        await tables.Index.UpsertEntityAsync(listed, TableUpdateMode.Replace, cancellation);
        await tables.Merchants.TryAddAsync(MerchantRows.Write(merchant), cancellation);
        _merchants.Forget(merchant.Id);
    }

    /// <summary>Returns merchants, newest first, and the row key to continue after if there are more.</summary>
    public async Task<(IReadOnlyList<Merchant> Merchants, string? Last)> ListAsync(
        Paging paging, CancellationToken cancellation)
    {
        (IReadOnlyList<TableEntity> rows, string? last) =
            await tables.Index.PageAsync(MerchantRows.ListPartition, paging, cancellation);
        Merchant?[] merchants = await Task.WhenAll(
            rows.Select(row => FindAsync(row.GetString("MerchantId"), cancellation)));
        return ([.. merchants.OfType<Merchant>()], last);
    }

    /// <summary>Applies a change to the stored merchant, and retries if someone else has written it.</summary>
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

    private Task<TableEntity?> ReadAsync(string id, CancellationToken cancellation) => Id.IsWellFormed("mer", id)
        ? tables.Merchants.FindAsync(id, MerchantRows.MerchantRow, cancellation)
        : Task.FromResult<TableEntity?>(null);
}
