using System.Security.Cryptography;
using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Access;

/// <summary>
/// Stores API keys. The row in the merchant's partition is the source of truth, so a revocation is one write; the look-up
/// row only points to it. After another process revokes a key, it works for at most <see cref="ShortMemory.OfRows"/>.
/// </summary>
internal sealed class ApiKeyStore(Tables tables, ISecrets secrets, TimeProvider clock)
{
    /// <summary>The maximum number of keys per merchant that are neither revoked nor expired.</summary>
    public const int MaxKeys = 50;


    /// <summary>The resolution of <see cref="ApiKey.LastUsedAt"/>, which costs one write per period, not per call.</summary>
    private static readonly TimeSpan UseIsNoted = TimeSpan.FromHours(1);

    private readonly KeyRing _peppers = new(secrets, SecretName.KeyPepper);
    private readonly ShortMemory<StoredApiKey?> _keys = new(clock, ShortMemory.OfRows);
    private readonly ShortMemory<DateTimeOffset> _uses = new(clock, UseIsNoted);

    /// <summary>Creates a key and returns its text, which cannot be retrieved again.</summary>
    public async Task<(ApiKey Key, ApiKeyText Text)> AddAsync(
        string merchantId, string keyId, bool livemode, Scope scopes, DateTimeOffset? expiresAt,
        CancellationToken cancellation)
    {
        ApiKeyText text = ApiKeyText.New(livemode);
        NamedKey pepper = await _peppers.CurrentAsync(cancellation);
        ApiKey key = new()
        {
            Id = keyId,
            Hint = text.ToString(),
            Hash = text.Hash(pepper.Text),
            PepperId = pepper.Id,
            Livemode = livemode,
            Scopes = scopes,
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = expiresAt,
        };
        // Replaced if a request is repeated after a crash: the first text was never returned.
        await tables.Merchants.UpsertEntityAsync(
            ApiKeyRows.Write(merchantId, key), TableUpdateMode.Replace, cancellation);
        TableEntity lookup = new(ApiKeyRows.LookupPartition(text.PublicId), Key.Lookup)
        {
            ["MerchantId"] = merchantId,
            ["KeyId"] = keyId,
        };
        await tables.Index.AddEntityAsync(lookup, cancellation);
        return (key, text);
    }

    /// <summary>Returns the key with this text, or null if it does not exist, was revoked or has expired.</summary>
    public async Task<StoredApiKey?> FindAsync(ApiKeyText text, CancellationToken cancellation)
    {
        StoredApiKey? stored = await _keys.GetAsync(text.PublicId, () => ReadAsync(text.PublicId, cancellation));
        if (stored is null || !stored.Key.IsUsable(clock.GetUtcNow()) || stored.Key.Livemode != text.Livemode)
            return null;
        if (await PepperOfAsync(text, stored.Key, cancellation) is null)
            return null;
        NamedKey pepper = await _peppers.CurrentAsync(cancellation);
        if (stored.Key.PepperId != pepper.Id)
            await RepepperAsync(stored, text, pepper, cancellation);
        _ = await _uses.GetAsync(stored.Key.Id, () => NoteUseAsync(stored, cancellation));
        return stored;
    }

    /// <summary>Returns all keys, including revoked ones, newest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(string merchantId, CancellationToken cancellation)
    {
        List<ApiKey> keys = [];
        await foreach (TableEntity row in tables.Merchants.RangeAsync(merchantId, ApiKeyRows.Prefix, cancellation))
            keys.Add(ApiKeyRows.Read(row));
        keys.Reverse();
        return keys;
    }

    /// <summary>Returns null if the merchant has no such key. Revoking twice keeps the first instant.</summary>
    public async Task<ApiKey?> RevokeAsync(string merchantId, string keyId, CancellationToken cancellation)
    {
        while (true)
        {
            TableEntity? row = await tables.Merchants.FindAsync(
                merchantId, ApiKeyRows.RowOf(keyId), cancellation);
            if (row is null)
                return null;
            ApiKey key = ApiKeyRows.Read(row);
            if (key.RevokedAt is not null)
                return key;
            ApiKey revoked = key with { RevokedAt = clock.GetUtcNow() };
            if (!await tables.Merchants.TryReplaceAsync(
                ApiKeyRows.Write(merchantId, revoked), row.ETag, cancellation))
                continue;
            _keys.Forget(PublicIdOf(revoked));
            return revoked;
        }
    }

    /// <summary>Returns the pepper with which the text hashes to the stored hash, or null if the text is not the key.</summary>
    private async Task<NamedKey?> PepperOfAsync(ApiKeyText text, ApiKey key, CancellationToken cancellation)
    {
        IReadOnlyList<NamedKey> peppers = key.PepperId is not { } id ? await _peppers.AllAsync(cancellation)
            : await _peppers.FindAsync(id, cancellation) is { } named ? [named]
            : [];
        return peppers.FirstOrDefault(
            pepper => CryptographicOperations.FixedTimeEquals(text.Hash(pepper.Text), key.Hash));
    }

    /// <summary>Rehashes a key with the current pepper when it is used, because its text is known only then.</summary>
    private async Task RepepperAsync(
        StoredApiKey stored, ApiKeyText text, NamedKey pepper, CancellationToken cancellation)
    {
        TableEntity row = new(stored.MerchantId, ApiKeyRows.RowOf(stored.Key.Id))
        {
            [ApiKeyRows.Hash] = text.Hash(pepper.Text),
            [ApiKeyRows.Pepper] = pepper.Id,
        };
        await tables.Merchants.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, cancellation);
        _keys.Forget(text.PublicId);
    }

    private async Task<DateTimeOffset> NoteUseAsync(StoredApiKey used, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now - used.Key.LastUsedAt < UseIsNoted)
            return now;
        TableEntity row = new(used.MerchantId, ApiKeyRows.RowOf(used.Key.Id)) { [ApiKeyRows.LastUsedAt] = now };
        // Merged, so that concurrent writes to the row, above all a revocation, are kept.
        await tables.Merchants.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, cancellation);
        return now;
    }

    private static string PublicIdOf(ApiKey key) => key.Hint["cp_test_".Length..].TrimEnd('…');

    private async Task<StoredApiKey?> ReadAsync(string publicId, CancellationToken cancellation)
    {
        TableEntity? lookup = await tables.Index.FindAsync(
            ApiKeyRows.LookupPartition(publicId), Key.Lookup, cancellation);
        if (lookup is null)
            return null;
        string merchantId = lookup.GetString("MerchantId");
        TableEntity? row = await tables.Merchants.FindAsync(
            merchantId, ApiKeyRows.RowOf(lookup.GetString("KeyId")), cancellation);
        // A look-up row left by a request that was repeated leads to a key with a different text.
        return row is not null && ApiKeyRows.Read(row) is var key && PublicIdOf(key) == publicId
            ? new(merchantId, key)
            : null;
    }
}
