using System.Numerics;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>
/// How a merchant wants payments judged. An invoice copies what applies to it and never reads the policy again.
/// </summary>
public sealed record Policy
{
    /// <summary>How long a price is valid, in minutes: 1 to 1440.</summary>
    public int ExpiryMinutes { get; init; } = 30;

    /// <summary>How long an invoice's address is watched after creation, in days: 1 to 365.</summary>
    public int MonitorDays { get; init; } = 90;

    public Tolerance Tolerance { get; init; } = new(0, 0);

    /// <summary>
    /// Tiers; the first that matches applies. If none matches, the network's own number of blocks applies.
    /// </summary>
    public IReadOnlyList<ConfirmationRule> Confirmations { get; init; } = [];

    /// <summary>
    /// Bitcoin family: payments of invoices up to this price need no block, if no conflict was seen among them and their
    /// unconfirmed ancestors and their fee rate is sufficient. Null: never.
    /// </summary>
    public Price? AcceptUnconfirmedUpTo { get; init; }

    public LatePolicy Late { get; init; } = LatePolicy.Hold;

    /// <summary>For <see cref="LatePolicy.AcceptIfRateWithin"/>: 0 to 100.</summary>
    public decimal LateRatePercent { get; init; }

    public AmountPolicy Over { get; init; } = AmountPolicy.Accept;

    public AmountPolicy Under { get; init; } = AmountPolicy.Hold;

    /// <summary>
    /// For an <see cref="Under"/> of accept: the least that is accepted, in percent of the amount due, above 0 to 100.
    /// </summary>
    public decimal UnderFloorPercent { get; init; } = DefaultUnderFloorPercent;

    /// <summary>Room for a fee that an exchange deducts, and far above a coin sent to see what happens.</summary>
    public const decimal DefaultUnderFloorPercent = 90;

    /// <summary>Hosts that a <c>return_url</c> can use.</summary>
    public IReadOnlyList<string> ReturnHosts { get; init; } = [];
}

/// <summary>
/// How far the sum can be from the price and still count as the price, in percent of the amount due, 0 to 100.
/// </summary>
public sealed record Tolerance(decimal UnderPercent, decimal OverPercent)
{
    /// <summary>
    /// The least that pays <paramref name="due"/>, rounded up, to the payer's disadvantage by less than one base unit.
    /// Never zero; otherwise an invoice with a tolerance of 100 % would be paid before anyone pays.
    /// </summary>
    public BigInteger Min(BigInteger due) => BigInteger.Max(1, due - Part(due, UnderPercent));

    /// <summary>The most that still counts as the price, rounded down.</summary>
    public BigInteger Max(BigInteger due) => due + Part(due, OverPercent);

    /// <summary>The least that a merchant accepts who takes less than the price, rounded up, at least one base unit.</summary>
    public static BigInteger Floor(BigInteger due, decimal percent) => BigInteger.Max(1, due - Part(due, 100 - percent));

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

    /// <summary>
    /// Enough late money pays it if the rate has moved by at most the given percentage since it was locked.
    /// </summary>
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

/// <summary>How deep a payment must be: a number of blocks, or at or below a finality tag of the chain.</summary>
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

    /// <summary>No block is required: an unconfirmed payment is accepted.</summary>
    public bool AcceptsUnconfirmed => Blocks == 0;

    public static RequiredDepth Of(FinalityTag tag) => new(null, tag);

    public const int MaxBlocks = 10_000;

    /// <summary>
    /// Reads the form used in JSON and storage: <c>12</c>, <c>safe</c>, <c>finalized</c>; returns null for anything
    /// else.
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
