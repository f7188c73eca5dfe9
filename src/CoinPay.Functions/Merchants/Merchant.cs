using CoinPay.Core;

namespace CoinPay.Functions.Merchants;

/// <summary>Somebody who is paid.</summary>
internal sealed record Merchant
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What a price is in when an invoice does not say: <c>EUR</c>, or null.</summary>
    public string? DefaultCurrency { get; init; }

    /// <summary>The kind of the merchant's first key; keys of both kinds may be made.</summary>
    public bool Livemode { get; init; }

    public required Policy Policy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
