using System.Numerics;

namespace CoinPay.Core;

/// <summary>The depth an invoice asks for, the tier it comes from and why that tier applied. Frozen at creation.</summary>
public sealed record ConfirmationPolicy(RequiredDepth Required, string Tier, string Reason)
{
    /// <summary>
    /// The first rule that matches asset, network, goods and value. A rule with a limit in another currency than the
    /// price cannot be judged without a rate: then the strictest rule that could apply does, reason <c>no_rate</c>.
    /// </summary>
    public static ConfirmationPolicy Choose(
        Policy policy, Quote quote, string network, string? goods, RequiredDepth networkDefault)
    {
        List<ConfirmationRule> possible = policy.Confirmations
            .Where(rule => Matches(rule.Asset, quote.Due.Asset.Symbol, quote.Due.Asset.Id)
                && Matches(rule.Network, network, quote.Due.Asset.Network)
                && Matches(rule.Goods, goods ?? "", goods ?? ""))
            .ToList();
        for (int i = 0; i < possible.Count; i++)
        {
            bool? within = Within(possible[i].UpTo, quote);
            if (within == true)
                return new(possible[i].Required, "policy." + policy.Confirmations.ToList().IndexOf(possible[i]), Because(possible[i]));
            if (within is null)
                return Strictest(possible.Skip(i).Select(rule => rule.Required).Append(networkDefault));
        }
        return new(networkDefault, "network_default", $"no rule of the merchant matches; {network} asks for {networkDefault}");
    }

    private static bool Matches(string? wanted, string name, string id) => wanted is null || wanted == name || wanted == id;

    private static bool? Within(Price? limit, Quote quote)
    {
        if (limit is null)
            return true;
        if (limit.Currency == quote.Price.Currency)
            return IsAtMost(quote.Price, limit);
        if (limit.Currency == quote.Due.Asset.Symbol || limit.Currency == quote.Due.Asset.Id)
            return IsAtMost(new Price(quote.Due.ToString(), limit.Currency), limit);
        return null;
    }

    private static bool IsAtMost(Price price, Price limit)
    {
        ((BigInteger a, int aScale), (BigInteger b, int bScale)) = (price.Value, limit.Value);
        return a * BigInteger.Pow(10, bScale) <= b * BigInteger.Pow(10, aScale);
    }

    private static ConfirmationPolicy Strictest(IEnumerable<RequiredDepth> depths) =>
        new(depths.MaxBy(Strictness)!, "strictest", "no_rate");

    /// <summary>Finality outranks any number of blocks; <c>safe</c> outranks few of them, not many.</summary>
    private static int Strictness(RequiredDepth depth) => depth.Tag switch
    {
        FinalityTag.Finalized => int.MaxValue,
        FinalityTag.Safe => BlocksThatOutrankSafe,
        _ => depth.Blocks!.Value,
    };

    private const int BlocksThatOutrankSafe = 32;

    private static string Because(ConfirmationRule rule)
    {
        string[] conditions = new[]
        {
            rule.Asset is null ? null : "asset " + rule.Asset,
            rule.Network is null ? null : "network " + rule.Network,
            rule.Goods is null ? null : "goods " + rule.Goods,
            rule.UpTo is null ? null : $"up to {rule.UpTo.Amount} {rule.UpTo.Currency}",
        }.OfType<string>().ToArray();
        return conditions.Length == 0 ? "applies to every payment" : string.Join(", ", conditions);
    }
}
