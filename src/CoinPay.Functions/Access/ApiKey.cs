namespace CoinPay.Functions.Access;

/// <summary>An API key as stored, without its text.</summary>
internal sealed record ApiKey
{
    public required string Id { get; init; }

    /// <summary>The mode and public id, for display: <c>cp_test_x0y1…</c>.</summary>
    public required string Hint { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>The id of the hash's pepper; null for keys created before peppers had ids.</summary>
    public string? PepperId { get; init; }

    public required bool Livemode { get; init; }

    public required Scope Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When the key was last accepted, to the hour; null if never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public bool IsUsable(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is null || now < ExpiresAt);
}

/// <summary>A key and its merchant.</summary>
internal sealed record StoredApiKey(string MerchantId, ApiKey Key);
