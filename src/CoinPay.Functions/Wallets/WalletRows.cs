using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Wallets;

/// <summary>Reads and writes wallets: one row per network in the merchant's partition.</summary>
internal static class WalletRows
{
    public const string Prefix = "wallet!";

    public static string RowOf(string network) => Prefix + Key.Of(network);

    /// <summary>Returns the network of a wallet's row, or null for any other row.</summary>
    public static string? NetworkOf(TableEntity row) =>
        row.RowKey.StartsWith(Prefix, StringComparison.Ordinal) ? row.RowKey[Prefix.Length..] : null;

    /// <summary>
    /// The row in <c>Index</c> for the merchant that holds an extended public key. Never deleted, because its addresses
    /// have been given out.
    /// </summary>
    public static TableEntity Claim(string canonicalKey, string merchantId, DateTimeOffset now) =>
        new(Key.Of("claim", Key.Hash(canonicalKey)), Key.Lookup) { ["MerchantId"] = merchantId, ["ClaimedAt"] = now };

    public static TableEntity Write(string merchantId, string network, WalletChange wallets) =>
        new(merchantId, RowOf(network))
        {
            ["Current"] = wallets.Current is { } current ? Json.Text(current) : null,
            ["Next"] = wallets.Next is { } next ? Json.Text(next) : null,
        };

    public static WalletChange Read(TableEntity row) => new(
        row.GetString("Current") is { } current ? Json.Read<Wallet>(current) : null,
        row.GetString("Next") is { } next ? Json.Read<Wallet>(next) : null);
}
