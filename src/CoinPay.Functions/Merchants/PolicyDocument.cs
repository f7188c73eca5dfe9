using System.Numerics;
using System.Text.Json.Nodes;
using CoinPay.Core;

namespace CoinPay.Functions.Merchants;

/// <summary>A policy as JSON, in responses and in the merchant's row.</summary>
internal sealed record PolicyDocument(
    int ExpiryMinutes,
    int MonitorDays,
    ToleranceDocument Tolerance,
    IReadOnlyList<ConfirmationDocument> Confirmations,
    AmountDocument? AcceptUnconfirmedUpTo,
    IReadOnlyList<string> ReturnHosts,
    string Late,
    string Over,
    string Under,
    string UnderFloorPercent)
{
    public static PolicyDocument Of(Policy policy) => new(
        policy.ExpiryMinutes,
        policy.MonitorDays,
        new(Percent(policy.Tolerance.UnderPercent), Percent(policy.Tolerance.OverPercent)),
        [.. policy.Confirmations.Select(ConfirmationDocument.Of)],
        policy.AcceptUnconfirmedUpTo is { } limit ? new(limit.Amount, limit.Currency) : null,
        policy.ReturnHosts,
        PolicyWords.LateText(policy.Late, policy.LateRatePercent),
        PolicyWords.Amounts.Single(pair => pair.Value == policy.Over).Key,
        PolicyWords.Amounts.Single(pair => pair.Value == policy.Under).Key,
        Percent(policy.UnderFloorPercent));

    public Policy ToPolicy() => new()
    {
        ExpiryMinutes = ExpiryMinutes,
        MonitorDays = MonitorDays,
        Tolerance = new(PolicyWords.Percent(Tolerance.UnderPercent), PolicyWords.Percent(Tolerance.OverPercent)),
        Confirmations = [.. Confirmations.Select(rule => rule.ToRule())],
        AcceptUnconfirmedUpTo = AcceptUnconfirmedUpTo is { } limit ? new(limit.Amount, limit.Currency) : null,
        ReturnHosts = ReturnHosts,
        Late = PolicyWords.ReadLate(Late)!.Value.Rule,
        LateRatePercent = PolicyWords.ReadLate(Late)!.Value.Percent,
        Over = PolicyWords.Amounts[Over],
        Under = PolicyWords.Amounts[Under],
        UnderFloorPercent = PolicyWords.Percent(UnderFloorPercent),
    };

    private static string Percent(decimal percent) =>
        percent.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
}

internal sealed record ToleranceDocument(string UnderPercent, string OverPercent);

internal sealed record AmountDocument(string Amount, string Currency);

/// <summary>One tier. <paramref name="Required"/> is a whole number, <c>"safe"</c> or <c>"finalized"</c>.</summary>
internal sealed record ConfirmationDocument(
    string? Asset, string? Network, string? Goods, AmountDocument? UpTo, JsonNode Required)
{
    public static ConfirmationDocument Of(ConfirmationRule rule) => new(
        rule.Asset,
        rule.Network,
        rule.Goods,
        rule.UpTo is { } limit ? new(limit.Amount, limit.Currency) : null,
        rule.Required.Blocks is { } blocks ? JsonValue.Create(blocks) : JsonValue.Create(rule.Required.ToString()));

    public ConfirmationRule ToRule() => new(
        Asset,
        Network,
        Goods,
        UpTo is null ? null : new(UpTo.Amount, UpTo.Currency),
        RequiredDepth.Parse(Required.ToString()) ?? throw new BugException("stored depth " + Required));
}

/// <summary>The names of a policy's enumerated values.</summary>
internal static class PolicyWords
{
    private const string LateWithin = "accept_if_rate_within_percent:";

    /// <summary><c>hold</c>, <c>accept</c> or <c>accept_if_rate_within_percent:2.5</c>.</summary>
    public static string LateText(LatePolicy late, decimal percent) => late switch
    {
        LatePolicy.Hold => "hold",
        LatePolicy.Accept => "accept",
        LatePolicy.AcceptIfRateWithin => LateWithin + percent.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new BugException("late " + late),
    };

    /// <summary>Returns null for any other text. The percentage is 0 to 100 with at most four decimals.</summary>
    public static (LatePolicy Rule, decimal Percent)? ReadLate(string text) => text switch
    {
        "hold" => (LatePolicy.Hold, 0),
        "accept" => (LatePolicy.Accept, 0),
        _ when text.StartsWith(LateWithin, StringComparison.Ordinal)
            && ReadPercent(text[LateWithin.Length..]) is { } within => (LatePolicy.AcceptIfRateWithin, within),
        _ => null,
    };

    public const int MaxPercentDecimals = 4;

    public static IReadOnlyDictionary<string, AmountPolicy> Amounts { get; } =
        new Dictionary<string, AmountPolicy> { ["accept"] = AmountPolicy.Accept, ["hold"] = AmountPolicy.Hold };

    public static IReadOnlyList<string> Goods { get; } = ["digital", "physical", "reversible"];

    /// <summary>Reads a percentage from 0 to 100 with at most four decimals; null for anything else.</summary>
    public static decimal? ReadPercent(string text) =>
        DecimalText.Read(text) is { Scale: <= MaxPercentDecimals } number && number.Unscaled <= 100 * BigInteger.Pow(10, number.Scale)
            ? (decimal)number.Unscaled / (decimal)BigInteger.Pow(10, number.Scale)
            : null;

    public static decimal Percent(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
