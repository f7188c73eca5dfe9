using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// The depth an invoice requires, the tier it comes from and why that tier applied. Frozen at creation.
/// </summary>
public sealed record ConfirmationPolicy(RequiredDepth Required, string Tier, string Reason)
{
    /// <summary>
    /// Set only if unconfirmed payments are accepted: the depth that a payment needs if it has a conflict or is doubtful.
    /// </summary>
    public RequiredDepth? InConflict { get; init; }

    /// <summary>The depth that this transfer needs; never less than its maturity.</summary>
    public RequiredDepth For(ViewedTransfer transfer) =>
        transfer.AtLeastMature(transfer.HasConflict || transfer.IsDoubtful ? InConflict ?? Required : Required);

    /// <summary>
    /// Chooses the tier by the merchant's rules. No block is required if the chain is in the Bitcoin family, the
    /// merchant accepts unconfirmed payments, and the price can be compared with that limit and is within it.
    /// </summary>
    public static ConfirmationPolicy Choose(
        Policy policy, Quote quote, string network, string? goods, RequiredDepth networkDefault)
    {
        ConfirmationPolicy tier = ChooseTier(policy, quote, network, goods, networkDefault);
        return policy.AcceptUnconfirmedUpTo is { } limit && IsBitcoinKind(quote.Due.Asset) && Within(limit, quote) == true
            ? new(RequiredDepth.OfBlocks(0), "accept_unconfirmed_up_to", $"up to {limit.Amount} {limit.Currency}") { InConflict = tier.Required }
            : tier;
    }

    /// <summary>
    /// Returns the first rule that matches asset, network, goods and value. A rule whose limit is in another currency
    /// than the price cannot be judged without a rate; the strictest rule that could apply is then used, with reason
    /// <c>no_rate</c>. On a chain that has no such tag, <c>safe</c> and <c>finalized</c> mean six blocks, or the
    /// network's own number if that is more: an invoice that waited for the tag would never be paid.
    /// </summary>
    private static ConfirmationPolicy ChooseTier(
        Policy policy, Quote quote, string network, string? goods, RequiredDepth networkDefault)
    {
        List<(int Index, ConfirmationRule Rule)> possible = policy.Confirmations.Index()
            .Where(tier => Matches(tier.Item.Asset, quote.Due.Asset.Symbol, quote.Due.Asset.Id)
                && Matches(tier.Item.Network, network, quote.Due.Asset.Network)
                && (tier.Item.Goods is null || tier.Item.Goods == goods))
            .ToList();
        for (int i = 0; i < possible.Count; i++)
        {
            (int index, ConfirmationRule rule) = possible[i];
            RequiredDepth depth = Reachable(rule.Required, quote.Due.Asset, networkDefault);
            bool? within = Within(rule.UpTo, quote);
            if (within == true)
                return new(depth, "policy." + index, Because(rule, depth));
            if (within is null)
                return Strictest(possible.Skip(i)
                    .Select(tier => Reachable(tier.Rule.Required, quote.Due.Asset, networkDefault))
                    .Append(networkDefault));
        }
        return new(networkDefault, "network_default", $"none of the merchant's rules matches; {network} requires {networkDefault}");
    }

    /// <summary>Bitcoin-family chains (CAIP-2 <c>bip122</c>) have depth only, no finality tags.</summary>
    private static RequiredDepth Reachable(RequiredDepth wanted, Asset asset, RequiredDepth networkDefault) =>
        wanted.Tag is null || !IsBitcoinKind(asset)
            ? wanted
            : RequiredDepth.OfBlocks(Math.Max(BlocksInsteadOfTag, networkDefault.Blocks ?? 0));

    private static bool IsBitcoinKind(Asset asset) => asset.Network.StartsWith("bip122:", StringComparison.Ordinal);

    private static bool Matches(string? wanted, string name, string id) =>
        wanted is null || wanted == name || wanted == id;

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

    /// <summary><c>finalized</c> outranks any number of blocks; <c>safe</c> outranks only a small number.</summary>
    private static int Strictness(RequiredDepth depth) => depth.Tag switch
    {
        FinalityTag.Finalized => int.MaxValue,
        FinalityTag.Safe => BlocksThatOutrankSafe,
        _ => depth.Blocks!.Value,
    };

    private const int BlocksThatOutrankSafe = 32;

    private const int BlocksInsteadOfTag = 6;

    private static string Because(ConfirmationRule rule, RequiredDepth depth)
    {
        string[] conditions = new[]
        {
            rule.Asset is null ? null : "asset " + rule.Asset,
            rule.Network is null ? null : "network " + rule.Network,
            rule.Goods is null ? null : "goods " + rule.Goods,
            rule.UpTo is null ? null : $"up to {rule.UpTo.Amount} {rule.UpTo.Currency}",
            rule.Required == depth ? null : $"{depth} blocks for {rule.Required}, which this network does not have",
        }.OfType<string>().ToArray();
        return conditions.Length == 0 ? "applies to every payment" : string.Join(", ", conditions);
    }
}
