using CoinPay.Core;

namespace CoinPay.Functions.Merchants;

/// <summary>A merchant, who receives payments.</summary>
internal sealed record Merchant
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>The currency of an invoice that names none, such as <c>EUR</c>, or null.</summary>
    public string? DefaultCurrency { get; init; }

    /// <summary>The mode of the merchant's first key; a merchant can have both test and live keys.</summary>
    public bool Livemode { get; init; }

    public required Policy Policy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }
}
