namespace CoinPay.Functions.Access;

/// <summary>An API key as it is stored: never its text.</summary>
internal sealed record ApiKey
{
    public required string Id { get; init; }

    /// <summary>Kind and public id, for people: <c>cp_test_x0y1…</c>.</summary>
    public required string Hint { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>Which pepper the hash was made with; null for a key made before peppers had names.</summary>
    public string? PepperId { get; init; }

    public required bool Livemode { get; init; }

    public required Scope Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last let in, to the hour; null when it never was.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || now < ExpiresAt);
}

/// <summary>A key, and whose it is.</summary>
internal sealed record StoredApiKey(string MerchantId, ApiKey Key);
