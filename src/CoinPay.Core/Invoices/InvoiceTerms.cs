using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>Everything about an invoice that is fixed at creation and never changes after.</summary>
public sealed record InvoiceTerms
{
    public required string Id { get; init; }

    public required string MerchantId { get; init; }

    public bool Livemode { get; init; }

    public string? OrderId { get; init; }

    public string? CustomerReference { get; init; }

    /// <summary><c>digital</c>, <c>physical</c> or <c>reversible</c>; null when the merchant did not say.</summary>
    public string? Goods { get; init; }

    public required Quote Quote { get; init; }

    /// <summary>Short name of the network.</summary>
    public required string Network { get; init; }

    public required string Address { get; init; }

    /// <summary>What a shop's wallet link holds: BIP-321, EIP-681.</summary>
    public required string PaymentUri { get; init; }

    public required Derivation Derivation { get; init; }

    public required ConfirmationPolicy Confirmation { get; init; }

    public required Tolerance Tolerance { get; init; }

    public LatePolicy Late { get; init; }

    /// <summary>For <see cref="LatePolicy.AcceptIfRateWithin"/>: how far the rate may have moved, in per cent.</summary>
    public decimal LateRatePercent { get; init; }

    /// <summary>A payment that is not as deep as asked after this long has stalled.</summary>
    public TimeSpan ConfirmationLimit { get; init; } = TimeSpan.FromHours(24);

    public AmountPolicy Over { get; init; }

    public AmountPolicy Under { get; init; }

    /// <summary>Where the money ends up: the merchant's own address or account.</summary>
    public required string SettlementDestination { get; init; }

    public string? ReturnUrl { get; init; }

    /// <summary>The page that the payer is sent to; null when the gateway did not know its own address.</summary>
    public string? CheckoutUrl { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The one key under which this invoice may be fulfilled.</summary>
    public required string FulfilmentKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset MonitorUntil { get; init; }

    public Amount Due => Quote.Due;
}

/// <summary>How anyone can compute the address again.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(XpubDerivation), "xpub")]
[JsonDerivedType(typeof(ForwarderDerivation), "forwarder")]
public abstract record Derivation;

/// <summary>P2WPKH of a merchant's account key at <c>/0/index</c> (BIP-32, BIP-84).</summary>
public sealed record XpubDerivation(string Path, long Index, string Fingerprint) : Derivation;

/// <summary>CREATE2 (EIP-1014) of a forwarder that can only pay <paramref name="SettlementAddress"/>.</summary>
public sealed record ForwarderDerivation(string Factory, string Salt, string InitCodeHash, string SettlementAddress) : Derivation;
