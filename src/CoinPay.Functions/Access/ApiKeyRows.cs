using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Access;

/// <summary>How a merchant's API keys are written and read: partition the merchant, a row a key; and a row in <c>Index</c> to find it by.</summary>
internal static class ApiKeyRows
{
    public const string Prefix = "key!";
    public const string LastUsedAt = "LastUsedAt";
    public const string Hash = "Hash";
    public const string Pepper = "Pepper";

    public static string RowOf(string keyId) => Key.Of("key", keyId);

    /// <summary>In <c>Index</c>: from the public id in a key's text to the row that says everything.</summary>
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
