using CoinPay.Functions.Http;

namespace CoinPay.Functions.Merchants;

/// <summary>Merchants, wallets and keys as answers show them.</summary>
internal static class MerchantDocument
{
    public static object Of(Merchant merchant) => new
    {
        id = merchant.Id,
        @object = "merchant",
        livemode = merchant.Livemode,
        name = merchant.Name,
        default_currency = merchant.DefaultCurrency,
        policy = PolicyDocument.Of(merchant.Policy),
        created_at = merchant.CreatedAt,
        updated_at = merchant.UpdatedAt,
    };

    /// <summary>The answer to a merchant's creation: the only one that shows its key.</summary>
    public static object Of(Merchant merchant, ApiKey key, ApiKeyText text) => new
    {
        id = merchant.Id,
        @object = "merchant",
        livemode = merchant.Livemode,
        name = merchant.Name,
        default_currency = merchant.DefaultCurrency,
        policy = PolicyDocument.Of(merchant.Policy),
        created_at = merchant.CreatedAt,
        updated_at = merchant.UpdatedAt,
        api_key = text.Text,
        api_key_id = key.Id,
    };

    public static object Of(ApiKey key) => new
    {
        id = key.Id,
        @object = "api_key",
        livemode = key.Livemode,
        hint = key.Hint,
        scopes = Scopes.Write(key.Scopes),
        created_at = key.CreatedAt,
        expires_at = key.ExpiresAt,
        revoked_at = key.RevokedAt,
        last_used_at = key.LastUsedAt,
    };

    /// <summary>The answer to a key's creation: the only one that shows it.</summary>
    public static object Of(ApiKey key, ApiKeyText text) => new
    {
        id = key.Id,
        @object = "api_key",
        livemode = key.Livemode,
        hint = key.Hint,
        scopes = Scopes.Write(key.Scopes),
        created_at = key.CreatedAt,
        expires_at = key.ExpiresAt,
        revoked_at = key.RevokedAt,
        last_used_at = key.LastUsedAt,
        api_key = text.Text,
    };
}

/// <summary>One wallet as answers and <c>wallet.changed</c> show it.</summary>
/// <param name="Status"><c>pending</c> until <paramref name="EffectiveAt"/>, then <c>in_force</c>.</param>
/// <param name="Current">While it is pending, the one that invoices still use.</param>
internal sealed record WalletDocument(
    string Object,
    string MerchantId,
    string Network,
    string NetworkName,
    bool Livemode,
    string Status,
    string Kind,
    string? Xpub,
    string? Origin,
    string? SettlementAddress,
    DateTimeOffset EffectiveAt,
    WalletSummary? Current)
{
    /// <summary>The wallet last put; while it waits, with the one still in force.</summary>
    public static WalletDocument Of(string merchantId, Chains.Network network, WalletChange wallets, DateTimeOffset now)
    {
        Wallet last = wallets.Next ?? wallets.Current!;
        Wallet? inForce = wallets.At(now);
        return new(
            "wallet", merchantId, network.Id, network.Name, network.Livemode, inForce == last ? "in_force" : "pending",
            last.Kind, last.Xpub, last.Origin, last.SettlementAddress, last.EffectiveAt,
            inForce is null || inForce == last ? null : WalletSummary.Of(inForce));
    }
}

internal sealed record WalletSummary(
    string Kind, string? Xpub, string? Origin, string? SettlementAddress, DateTimeOffset EffectiveAt)
{
    public static WalletSummary Of(Wallet wallet) =>
        new(wallet.Kind, wallet.Xpub, wallet.Origin, wallet.SettlementAddress, wallet.EffectiveAt);
}
