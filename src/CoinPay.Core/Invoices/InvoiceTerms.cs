using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>Everything about an invoice that is fixed at creation.</summary>
public sealed record InvoiceTerms
{
    public required string Id { get; init; }

    public required string MerchantId { get; init; }

    public bool Livemode { get; init; }

    public string? OrderId { get; init; }

    public string? CustomerReference { get; init; }

    /// <summary><c>digital</c>, <c>physical</c> or <c>reversible</c>; null if the merchant did not say.</summary>
    public string? Goods { get; init; }

    public required Quote Quote { get; init; }

    /// <summary>Short name of the network.</summary>
    public required string Network { get; init; }

    public required string Address { get; init; }

    /// <summary>The payment link for a wallet: BIP-321, EIP-681.</summary>
    public required string PaymentUri { get; init; }

    public required Derivation Derivation { get; init; }

    public required ConfirmationPolicy Confirmation { get; init; }

    public required Tolerance Tolerance { get; init; }

    public LatePolicy Late { get; init; }

    /// <summary>For <see cref="LatePolicy.AcceptIfRateWithin"/>: the most that the rate can move, in percent.</summary>
    public decimal LateRatePercent { get; init; }

    /// <summary>A payment that has not reached the required depth after this long has stalled.</summary>
    public TimeSpan ConfirmationLimit { get; init; } = TimeSpan.FromHours(24);

    public AmountPolicy Over { get; init; }

    public AmountPolicy Under { get; init; }

    /// <summary>For an <see cref="Under"/> of accept: the least that is accepted, in percent of the amount due.</summary>
    public decimal UnderFloorPercent { get; init; } = Policy.DefaultUnderFloorPercent;

    /// <summary>
    /// The depth that money on the other networks where the address is watched needs, by short name.
    /// </summary>
    public IReadOnlyDictionary<string, RequiredDepth> DepthElsewhere { get; init; } = new Dictionary<string, RequiredDepth>();

    /// <summary>Where the money ends up: the merchant's own address or account.</summary>
    public required string SettlementDestination { get; init; }

    public string? ReturnUrl { get; init; }

    /// <summary>The page that the payer is sent to; null if the gateway did not know its own address.</summary>
    public string? CheckoutUrl { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The only key under which this invoice can be fulfilled.</summary>
    public required string FulfilmentKey { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset MonitorUntil { get; init; }

    public Amount Due => Quote.Due;
}

/// <summary>How anyone can recompute the address.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(XpubDerivation), "xpub")]
[JsonDerivedType(typeof(ForwarderDerivation), "forwarder")]
public abstract record Derivation;

/// <summary>P2WPKH of a merchant's account key at <c>/0/index</c> (BIP-32, BIP-84).</summary>
public sealed record XpubDerivation(string Path, long Index, string Fingerprint) : Derivation;

/// <summary>CREATE2 (EIP-1014) of a forwarder that can only pay <paramref name="SettlementAddress"/>.</summary>
public sealed record ForwarderDerivation(string Factory, string Salt, string InitCodeHash, string SettlementAddress) : Derivation;
