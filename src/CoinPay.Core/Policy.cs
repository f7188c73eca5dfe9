using System.Numerics;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>
/// How a merchant wants payments judged. An invoice copies what applies to it and never looks here again.
/// </summary>
public sealed record Policy
{
    /// <summary>How long a price stands, in minutes: 1 to 1440.</summary>
    public int ExpiryMinutes { get; init; } = 30;

    /// <summary>How long an invoice's address stays watched after creation, in days: 1 to 365.</summary>
    public int MonitorDays { get; init; } = 90;

    public Tolerance Tolerance { get; init; } = new(0, 0);

    /// <summary>
    /// Tiers, of which the first that matches applies; none matching, the network's own number of blocks.
    /// </summary>
    public IReadOnlyList<ConfirmationRule> Confirmations { get; init; } = [];

    /// <summary>
    /// Bitcoin family: a payment for at most this price needs no block, unless a conflicting transaction was seen. Null: never.
    /// </summary>
    public Price? AcceptUnconfirmedUpTo { get; init; }

    public LatePolicy Late { get; init; } = LatePolicy.Hold;

    /// <summary>For <see cref="LatePolicy.AcceptIfRateWithin"/>: 0 to 100.</summary>
    public decimal LateRatePercent { get; init; }

    public AmountPolicy Over { get; init; } = AmountPolicy.Accept;

    public AmountPolicy Under { get; init; } = AmountPolicy.Hold;

    /// <summary>Hosts that a <c>return_url</c> may name.</summary>
    public IReadOnlyList<string> ReturnHosts { get; init; } = [];
}

/// <summary>
/// How far the sum may miss the price and still be the price, in per cent of the amount due, 0 to 100.
/// </summary>
public sealed record Tolerance(decimal UnderPercent, decimal OverPercent)
{
    /// <summary>
    /// The least that pays <paramref name="due"/>, rounded up: in the payer's disfavour, by less than one base unit.
    /// Never nothing, or an invoice with a tolerance of 100 % would be paid before anyone pays.
    /// </summary>
    public BigInteger Min(BigInteger due) => BigInteger.Max(1, due - Part(due, UnderPercent));

    /// <summary>The most that still counts as the price, rounded down.</summary>
    public BigInteger Max(BigInteger due) => due + Part(due, OverPercent);

    private static BigInteger Part(BigInteger due, decimal percent)
    {
        Assert.That(percent is >= 0 and <= 100);
        (BigInteger unscaled, int scale) = DecimalText.Read(percent.ToString())!.Value;
        return due * unscaled / (100 * BigInteger.Pow(10, scale));
    }
}

/// <summary>
/// One tier: null fields match everything. <paramref name="Goods"/> is <c>digital</c>, <c>physical</c> or
/// <c>reversible</c>.
/// </summary>
public sealed record ConfirmationRule(string? Asset, string? Network, string? Goods, Price? UpTo, RequiredDepth Required);

/// <summary>Money that arrives after the price expired.</summary>
public enum LatePolicy
{
    /// <summary>The invoice becomes <c>late_paid</c> and waits for a person.</summary>
    [JsonStringEnumMemberName("hold")]
    Hold,

    /// <summary>Enough late money pays the invoice.</summary>
    [JsonStringEnumMemberName("accept")]
    Accept,

    /// <summary>Enough late money pays it if the rate has moved no further than so many per cent since it was locked.</summary>
    [JsonStringEnumMemberName("accept_if_rate_within")]
    AcceptIfRateWithin,
}

/// <summary>More or less money than the price, beyond the tolerance.</summary>
public enum AmountPolicy
{
    [JsonStringEnumMemberName("accept")]
    Accept,

    [JsonStringEnumMemberName("hold")]
    Hold,
}

/// <summary>How deep a payment must be: so many blocks, or at or below a finality tag of the chain.</summary>
public sealed record RequiredDepth
{
    private RequiredDepth(int? blocks, FinalityTag? tag) => (Blocks, Tag) = (blocks, tag);

    public int? Blocks { get; }

    public FinalityTag? Tag { get; }

    public static RequiredDepth OfBlocks(int blocks)
    {
        Assert.That(blocks is >= 0 and <= MaxBlocks);
        return new(blocks, null);
    }

    /// <summary>No block at all: an unconfirmed payment is taken.</summary>
    public bool AcceptsUnconfirmed => Blocks == 0;

    public static RequiredDepth Of(FinalityTag tag) => new(null, tag);

    public const int MaxBlocks = 10_000;

    /// <summary>
    /// From the form used in JSON and storage: <c>12</c>, <c>safe</c>, <c>finalized</c>; null when it is none of these.
    /// </summary>
    public static RequiredDepth? Parse(string text) => text switch
    {
        "safe" => Of(FinalityTag.Safe),
        "finalized" => Of(FinalityTag.Finalized),
        _ => int.TryParse(text, System.Globalization.NumberStyles.None, null, out int blocks) && blocks is >= 0 and <= MaxBlocks
            ? OfBlocks(blocks)
            : null,
    };

    public override string ToString() => Tag switch
    {
        FinalityTag.Safe => "safe",
        FinalityTag.Finalized => "finalized",
        _ => Blocks!.Value.ToString(),
    };
}

public enum FinalityTag
{
    [JsonStringEnumMemberName("safe")]
    Safe,

    [JsonStringEnumMemberName("finalized")]
    Finalized,
}
