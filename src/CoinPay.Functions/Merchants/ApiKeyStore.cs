using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Settings;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Merchants;

/// <summary>
/// API keys. The merchant's row is the truth, so that a revocation is one write; the look-up row only leads to it. A
/// key is known for at most <see cref="MerchantStore.Memory"/> after its revocation in another process.
/// </summary>
internal sealed class ApiKeyStore(Tables tables, ISecrets secrets, TimeProvider clock)
{
    /// <summary>Keys a merchant may have that are neither revoked nor expired.</summary>
    public const int MaxKeys = 50;

    /// <summary>A key's row is written at most so often to say that it is in use.</summary>
    public static readonly TimeSpan UseIsNotedEvery = TimeSpan.FromHours(1);

    private readonly ShortMemory<StoredApiKey?> _keys = new(clock, MerchantStore.Memory);

    /// <summary>Makes a key and answers its text, which nobody can ask for again.</summary>
    public async Task<(ApiKey Key, ApiKeyText Text)> AddAsync(
        string merchantId, string keyId, bool livemode, Scope scopes, DateTimeOffset? expiresAt,
        CancellationToken cancellation)
    {
        ApiKeyText text = ApiKeyText.New(livemode);
        ApiKey key = new()
        {
            Id = keyId,
            Hint = text.ToString(),
            Hash = text.Hash(await secrets.GetAsync(SecretName.KeyPepper, cancellation)),
            Livemode = livemode,
            Scopes = scopes,
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = expiresAt,
        };
        // Replaced when a request is done again after a crash: the first text was never answered.
        await tables.Merchants.UpsertEntityAsync(
            MerchantRows.Write(merchantId, key), TableUpdateMode.Replace, cancellation);
        TableEntity lookup = new(MerchantRows.ApiKeyLookup(text.PublicId), MerchantRows.LookupRow)
        {
            ["MerchantId"] = merchantId,
            ["KeyId"] = keyId,
        };
        await tables.Index.AddEntityAsync(lookup, cancellation);
        return (key, text);
    }

    /// <summary>The key with this text, if it exists, was not revoked and has not expired.</summary>
    public async Task<StoredApiKey?> FindAsync(ApiKeyText text, CancellationToken cancellation)
    {
        StoredApiKey? stored = await _keys.GetAsync(text.PublicId, () => ReadAsync(text.PublicId, cancellation));
        if (stored is null || !stored.Key.IsUsable(clock.GetUtcNow()) || stored.Key.Livemode != text.Livemode)
            return null;
        byte[] hash = text.Hash(await secrets.GetAsync(SecretName.KeyPepper, cancellation));
        if (!System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(hash, stored.Key.Hash))
            return null;
        await NoteUseAsync(stored, cancellation);
        return stored;
    }

    /// <summary>Over what was read and nothing newer: of several at once one writes, and none undoes a revocation.</summary>
    private async Task NoteUseAsync(StoredApiKey stored, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now - stored.Key.LastUsedAt < UseIsNotedEvery)
            return;
        await tables.Merchants.TryReplaceAsync(
            MerchantRows.Write(stored.MerchantId, stored.Key with { LastUsedAt = now }), stored.Tag, cancellation);
        _keys.Forget(PublicIdOf(stored.Key));
    }

    /// <summary>Newest first, revoked ones included.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(string merchantId, CancellationToken cancellation)
    {
        List<ApiKey> keys = [];
        await foreach (TableEntity row in tables.Merchants.RangeAsync(merchantId, "key!", cancellation))
            keys.Add(MerchantRows.ReadApiKey(row));
        keys.Reverse();
        return keys;
    }

    /// <summary>Null when the merchant has no such key; revoking twice keeps the first instant.</summary>
    public async Task<ApiKey?> RevokeAsync(string merchantId, string keyId, CancellationToken cancellation)
    {
        while (true)
        {
            TableEntity? row = await tables.Merchants.FindAsync(
                merchantId, MerchantRows.ApiKeyRow(keyId), cancellation);
            if (row is null)
                return null;
            ApiKey key = MerchantRows.ReadApiKey(row);
            if (key.RevokedAt is not null)
                return key;
            ApiKey revoked = key with { RevokedAt = clock.GetUtcNow() };
            if (!await tables.Merchants.TryReplaceAsync(
                MerchantRows.Write(merchantId, revoked), row.ETag, cancellation))
                continue;
            _keys.Forget(PublicIdOf(revoked));
            return revoked;
        }
    }

    private static string PublicIdOf(ApiKey key) => key.Hint["cp_test_".Length..].TrimEnd('…');

    private async Task<StoredApiKey?> ReadAsync(string publicId, CancellationToken cancellation)
    {
        TableEntity? lookup = await tables.Index.FindAsync(
            MerchantRows.ApiKeyLookup(publicId), MerchantRows.LookupRow, cancellation);
        if (lookup is null)
            return null;
        string merchantId = lookup.GetString("MerchantId");
        TableEntity? row = await tables.Merchants.FindAsync(
            merchantId, MerchantRows.ApiKeyRow(lookup.GetString("KeyId")), cancellation);
        // A look-up row left by a request that was done again leads to a key with another text.
        return row is not null && MerchantRows.ReadApiKey(row) is var key && PublicIdOf(key) == publicId
            ? new(merchantId, key, row.ETag)
            : null;
    }
}

/// <summary>A key, whose it is, and the tag of its row.</summary>
internal sealed record StoredApiKey(string MerchantId, ApiKey Key, ETag Tag);
