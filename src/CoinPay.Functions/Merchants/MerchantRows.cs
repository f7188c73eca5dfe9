using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Merchants;

/// <summary>How a merchant's rows are written and read. Partition: the merchant's id.</summary>
internal static class MerchantRows
{
    public const string MerchantRow = "merchant";
    public const string ListPartition = "merchants";
    public const string LookupRow = "lookup";
    public const string LastUsedAt = "LastUsedAt";
    public const string Hash = "Hash";
    public const string Pepper = "Pepper";
    public const string WalletPrefix = "wallet!";

    public static string WalletRow(string network) => WalletPrefix + Key.Of(network);

    /// <summary>The network of a wallet's row; null for another row.</summary>
    public static string? NetworkOfWallet(TableEntity row) =>
        row.RowKey.StartsWith(WalletPrefix, StringComparison.Ordinal) ? row.RowKey[WalletPrefix.Length..] : null;

    public static string ApiKeyRow(string keyId) => Key.Of("key", keyId);

    /// <summary>In <c>Index</c>: from the public id in a key's text to the row that says everything.</summary>
    public static string ApiKeyLookup(string publicId) => Key.Of("apikey", publicId);

    /// <summary>
    /// In <c>Index</c>: who holds an extended public key. Never deleted: its addresses have been handed out.
    /// </summary>
    public static string ClaimPartition(string canonicalKey) => Key.Of("claim", Key.Hash(canonicalKey));

    public static TableEntity Write(Merchant merchant) => new(merchant.Id, MerchantRow)
    {
        ["Name"] = merchant.Name,
        ["DefaultCurrency"] = merchant.DefaultCurrency,
        ["Livemode"] = merchant.Livemode,
        ["Policy"] = Json.Text(PolicyDocument.Of(merchant.Policy)),
        ["CreatedAt"] = merchant.CreatedAt,
        ["UpdatedAt"] = merchant.UpdatedAt,
    };

    public static Merchant ReadMerchant(TableEntity row) => new()
    {
        Id = row.PartitionKey,
        Name = row.GetString("Name"),
        DefaultCurrency = row.GetString("DefaultCurrency"),
        Livemode = row.GetBoolean("Livemode") == true,
        Policy = Json.Read<PolicyDocument>(row.GetString("Policy")).ToPolicy(),
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        UpdatedAt = row.GetDateTimeOffset("UpdatedAt")!.Value,
    };

    public static TableEntity Write(string merchantId, string network, WalletChange wallets) =>
        new(merchantId, WalletRow(network))
        {
            ["Current"] = wallets.Current is { } current ? Json.Text(current) : null,
            ["Next"] = wallets.Next is { } next ? Json.Text(next) : null,
        };

    public static WalletChange ReadWallets(TableEntity row) => new(
        row.GetString("Current") is { } current ? Json.Read<Wallet>(current) : null,
        row.GetString("Next") is { } next ? Json.Read<Wallet>(next) : null);

    public static TableEntity Write(string merchantId, ApiKey key) => new(merchantId, ApiKeyRow(key.Id))
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

    public static ApiKey ReadApiKey(TableEntity row) => new()
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
