using System.Text.Json.Nodes;
using CoinPay.Core;

namespace CoinPay.Functions.Merchants;

/// <summary>A policy as JSON, in answers and in the merchant's row.</summary>
internal sealed record PolicyDocument(
    int ExpiryMinutes,
    int MonitorDays,
    ToleranceDocument Tolerance,
    IReadOnlyList<ConfirmationDocument> Confirmations,
    AmountDocument? AcceptUnconfirmedUpTo,
    IReadOnlyList<string> ReturnHosts,
    string Late,
    string Over,
    string Under)
{
    public static PolicyDocument Of(Policy policy) => new(
        policy.ExpiryMinutes,
        policy.MonitorDays,
        new(Percent(policy.Tolerance.UnderPercent), Percent(policy.Tolerance.OverPercent)),
        [.. policy.Confirmations.Select(ConfirmationDocument.Of)],
        AcceptUnconfirmedUpTo: null,
        policy.ReturnHosts,
        PolicyWords.Late.Single(pair => pair.Value == policy.Late).Key,
        PolicyWords.Amounts.Single(pair => pair.Value == policy.Over).Key,
        PolicyWords.Amounts.Single(pair => pair.Value == policy.Under).Key);

    public Policy ToPolicy() => new()
    {
        ExpiryMinutes = ExpiryMinutes,
        MonitorDays = MonitorDays,
        Tolerance = new(PolicyWords.Percent(Tolerance.UnderPercent), PolicyWords.Percent(Tolerance.OverPercent)),
        Confirmations = [.. Confirmations.Select(rule => rule.ToRule())],
        ReturnHosts = ReturnHosts,
        Late = PolicyWords.Late[Late],
        Over = PolicyWords.Amounts[Over],
        Under = PolicyWords.Amounts[Under],
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

/// <summary>The words of a policy's closed sets.</summary>
internal static class PolicyWords
{
    public static IReadOnlyDictionary<string, LatePolicy> Late { get; } =
        new Dictionary<string, LatePolicy> { ["hold"] = LatePolicy.Hold, ["accept"] = LatePolicy.Accept };

    public static IReadOnlyDictionary<string, AmountPolicy> Amounts { get; } =
        new Dictionary<string, AmountPolicy> { ["accept"] = AmountPolicy.Accept, ["hold"] = AmountPolicy.Hold };

    public static IReadOnlyList<string> Goods { get; } = ["digital", "physical", "reversible"];

    public static decimal Percent(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
