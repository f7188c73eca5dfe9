using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Access;

/// <summary>Reads and writes API keys: one row per key in the merchant's partition, and one in <c>Index</c> to look it up.</summary>
internal static class ApiKeyRows
{
    public const string Prefix = "key!";
    public const string LastUsedAt = "LastUsedAt";
    public const string Hash = "Hash";
    public const string Pepper = "Pepper";

    public static string RowOf(string keyId) => Key.Of("key", keyId);

    /// <summary>The partition in <c>Index</c> that leads from the public id in a key's text to the key's row.</summary>
    public static string LookupPartition(string publicId) => Key.Of("apikey", publicId);

    public static TableEntity Write(string merchantId, ApiKey key) => new(merchantId, RowOf(key.Id))
    {
        ["Hint"] = key.Hint,
        [Hash] = key.Hash,
        [Pepper] = key.PepperId,
        ["Livemode"] = key.Livemode,
        ["Scopes"] = string.Join(' ', Scopes.Write(key.Scopes)),
        ["CreatedAt"] = key.CreatedAt,
        ["ExpiresAt"] = key.ExpiresAt,
        ["RevokedAt"] = key.RevokedAt,
        [LastUsedAt] = key.LastUsedAt,
    };

    public static ApiKey Read(TableEntity row) => new()
    {
        Id = row.RowKey[(row.RowKey.IndexOf('!', StringComparison.Ordinal) + 1)..],
        Hint = row.GetString("Hint"),
        Hash = row.GetBinary(Hash),
        PepperId = row.GetString(Pepper),
        Livemode = row.GetBoolean("Livemode") == true,
        Scopes = Scopes.Read(row.GetString("Scopes").Split(' ')),
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        ExpiresAt = row.GetDateTimeOffset("ExpiresAt"),
        RevokedAt = row.GetDateTimeOffset("RevokedAt"),
        LastUsedAt = row.GetDateTimeOffset(LastUsedAt),
    };
}
