using CoinPay.Functions.Access;

namespace CoinPay.Functions.Merchants;

/// <summary>Merchants and their keys in responses.</summary>
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

    /// <summary>The response to creating a merchant, the only one that shows its key.</summary>
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

    /// <summary>The response to creating a key, the only one that shows it.</summary>
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
