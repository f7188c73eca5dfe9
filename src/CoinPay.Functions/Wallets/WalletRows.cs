using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Wallets;

/// <summary>How a merchant's wallets are written and read: partition the merchant, a row a network.</summary>
internal static class WalletRows
{
    public const string Prefix = "wallet!";

    public static string RowOf(string network) => Prefix + Key.Of(network);

    /// <summary>The network of a wallet's row; null for another row.</summary>
    public static string? NetworkOf(TableEntity row) =>
        row.RowKey.StartsWith(Prefix, StringComparison.Ordinal) ? row.RowKey[Prefix.Length..] : null;

    /// <summary>
    /// In <c>Index</c>: who holds an extended public key. Never deleted: its addresses have been handed out.
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
