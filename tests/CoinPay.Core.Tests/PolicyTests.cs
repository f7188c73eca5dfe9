using System.Numerics;
using CoinPay.Core;
using CsCheck;
using Xunit;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>How a merchant's settings become the terms of one invoice.</summary>
public sealed class PolicyTests
{
    private static readonly Asset Bitcoin = new("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", "BTC", 8);

    private static readonly Rate AnyRate = new("1.1", "EUR/USDT", "test", InvoiceWorld.Opened);

    [Fact]
    public void Without_a_rule_the_network_asks_for_its_own_depth()
    {
        ConfirmationPolicy chosen = Choose([], InUsdt("10"));
        Assert.Equal(("12", "network_default"), (chosen.Required.ToString(), chosen.Tier));
        Assert.Contains("anvil", chosen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_rule_that_matches_applies_and_says_why()
    {
        ConfirmationPolicy chosen = Choose(
            [Rule("1", upTo: new("5", "USDT")), Rule("3", upTo: new("50", "USDT")), Rule("9")], InUsdt("10"));
        Assert.Equal(("3", "policy.1", "up to 50 USDT"), (chosen.Required.ToString(), chosen.Tier, chosen.Reason));
    }

    [Theory]
    [InlineData("50", "3")]
    [InlineData("50.00", "3")]
    [InlineData("50.000001", "9")]
    public void A_limit_includes_its_own_amount(string price, string expected) =>
        Assert.Equal(expected, Depth([Rule("3", upTo: new("50", "USDT")), Rule("9")], InUsdt(price)));

    [Fact]
    public void A_limit_in_the_currency_of_the_price_is_judged_by_the_price()
    {
        Quote tenEuro = Quote.Of(new("10", "EUR"), AnyRate, Usdt);
        Assert.Equal("3", Depth([Rule("3", upTo: new("10", "EUR")), Rule("9")], tenEuro));
        Assert.Equal("9", Depth([Rule("3", upTo: new("9.99", "EUR")), Rule("9")], tenEuro));
    }

    [Fact]
    public void A_limit_in_the_asset_is_judged_by_what_is_due()
    {
        Quote tenEuro = Quote.Of(new("10", "EUR"), AnyRate, Usdt);
        Assert.Equal("3", Depth([Rule("3", upTo: new("11", "USDT")), Rule("9")], tenEuro));
        Assert.Equal("9", Depth([Rule("3", upTo: new("10.99", Usdt.Id)), Rule("9")], tenEuro));
    }

    [Fact]
    public void A_limit_that_needs_a_rate_which_is_not_there_makes_the_strictest_rule_apply()
    {
        ConfirmationPolicy chosen = Choose(
            [Rule("1", upTo: new("5", "EUR")), Rule("64", upTo: new("500", "EUR")), Rule("30")], InUsdt("1"));
        Assert.Equal(("64", "no_rate"), (chosen.Required.ToString(), chosen.Reason));
    }

    [Theory]
    [InlineData("1", "2", "12")]
    [InlineData("64", "finalized", "finalized")]
    [InlineData("20", "safe", "safe")]
    [InlineData("64", "safe", "64")]
    public void The_strictest_of_unjudged_rules_counts_the_networks_own_depth_and_finality(
        string one, string other, string expected) =>
        Assert.Equal(expected, Depth([Rule(one, upTo: new("5", "EUR")), Rule(other, upTo: new("5", "EUR"))], InUsdt("1")));

    [Fact]
    public void A_rule_that_matches_before_the_one_without_a_rate_applies() =>
        Assert.Equal("2", Depth([Rule("2", upTo: new("5", "USDT")), Rule("9", upTo: new("5", "EUR"))], InUsdt("1")));

    [Theory]
    [InlineData("USDT", null, null, true)]
    [InlineData("eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3", null, null, true)]
    [InlineData("BTC", null, null, false)]
    [InlineData(null, "anvil", null, true)]
    [InlineData(null, "eip155:31337", null, true)]
    [InlineData(null, "polygon", null, false)]
    [InlineData(null, null, "digital", true)]
    [InlineData(null, null, "physical", false)]
    [InlineData("USDT", "anvil", "digital", true)]
    [InlineData("USDT", "polygon", "digital", false)]
    public void A_rule_applies_only_where_all_that_it_names_matches(
        string? asset, string? network, string? goods, bool applies) =>
        Assert.Equal(
            applies ? "2" : "12",
            Depth([new(asset, network, goods, null, RequiredDepth.OfBlocks(2))], InUsdt("1"), goods: "digital"));

    [Fact]
    public void A_rule_for_some_goods_does_not_apply_to_an_invoice_that_names_none() =>
        Assert.Equal("12", Depth([new(null, null, "digital", null, RequiredDepth.OfBlocks(2))], InUsdt("1")));

    [Theory]
    [InlineData("safe", 2, "6")]
    [InlineData("finalized", 2, "6")]
    [InlineData("finalized", 10, "10")]
    [InlineData("3", 2, "3")]
    public void A_finality_tag_means_blocks_on_a_chain_that_has_none(string asked, int networkDefault, string expected)
    {
        ConfirmationPolicy chosen = ConfirmationPolicy.Choose(
            new() { Confirmations = [Rule(asked)] },
            new(new("1", "BTC"), null, new(Bitcoin, 100_000_000)),
            "bitcoin-regtest",
            goods: null,
            RequiredDepth.OfBlocks(networkDefault));
        Assert.Equal(expected, chosen.Required.ToString());
        Assert.Equal(asked != expected, chosen.Reason.Contains(asked, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("10000")]
    [InlineData("safe")]
    [InlineData("finalized")]
    public void A_depth_is_read_back_as_it_was_written(string text) =>
        Assert.Equal(text, RequiredDepth.Parse(text)!.ToString());

    [Theory]
    [InlineData("10001")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.5")]
    [InlineData("")]
    [InlineData("latest")]
    [InlineData("Safe")]
    [InlineData("99999999999999999999")]
    public void Another_text_is_no_depth(string text) => Assert.Null(RequiredDepth.Parse(text));

    [Fact]
    public void A_negative_depth_is_a_bug() => Assert.Throws<BugException>(() => RequiredDepth.OfBlocks(-1));

    [Theory]
    [InlineData("0.001", "0", "accept_unconfirmed_up_to")]
    [InlineData("0.0010001", "6", "network_default")]
    public void Unconfirmed_bitcoin_is_taken_up_to_the_merchants_limit(string price, string depth, string tier)
    {
        ConfirmationPolicy chosen = ChooseUnconfirmed(Bitcoin, price, new("0.001", "BTC"));
        Assert.Equal((depth, tier), (chosen.Required.ToString(), chosen.Tier));
    }

    [Fact]
    public void An_unconfirmed_payment_with_a_conflict_needs_what_it_would_need_otherwise() =>
        Assert.Equal("6", ChooseUnconfirmed(Bitcoin, "0.001", new("1", "BTC")).InConflict?.ToString());

    [Fact]
    public void Unconfirmed_payments_are_taken_on_chains_with_a_mempool_alone() =>
        Assert.Equal("6", ChooseUnconfirmed(Usdt, "1", new("10", "USDT")).Required.ToString());

    [Fact]
    public void Unconfirmed_payments_are_not_taken_where_the_limit_cannot_be_judged() =>
        Assert.Equal("6", ChooseUnconfirmed(Bitcoin, "0.001", new("1000000", "EUR")).Required.ToString());

    private static Amount Exactly(Asset asset, string text)
    {
        Assert.Null(Amount.TryParse(asset, text, out Amount? amount));
        return amount!;
    }

    private static ConfirmationPolicy ChooseUnconfirmed(Asset asset, string price, Price limit) => ConfirmationPolicy.Choose(
        new() { AcceptUnconfirmedUpTo = limit },
        new(new(price, asset.Symbol), null, Exactly(asset, price)),
        "a network",
        null,
        RequiredDepth.OfBlocks(6));

    [Theory]
    [InlineData(1_000, 0, 0, 1_000, 1_000)]
    [InlineData(1_000, 1, 2, 990, 1_020)]
    [InlineData(999, 1, 1, 990, 1_008)]
    [InlineData(1, 50, 50, 1, 1)]
    [InlineData(1_000, 100, 100, 1, 2_000)]
    [InlineData(1_000_000_000, 0.0000001, 0.0000001, 999_999_999, 1_000_000_001)]
    public void A_tolerance_is_rounded_in_the_payers_disfavour_and_never_accepts_nothing(
        long due, double under, double over, long least, long most)
    {
        Tolerance tolerance = new((decimal)under, (decimal)over);
        Assert.Equal((least, most), ((long)tolerance.Min(due), (long)tolerance.Max(due)));
    }

    [Fact]
    public void A_tolerance_misses_its_exact_bound_by_less_than_one_base_unit() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Int[0, 1_000_000]).Sample(
            (due, tenThousandths) =>
            {
                decimal percent = tenThousandths / 10_000m;
                Tolerance tolerance = new(percent, percent);
                BigInteger part = (BigInteger)due * tenThousandths;
                BigInteger overshoot = part - (due - tolerance.Min(due)) * 1_000_000;
                Assert.True(overshoot >= 0 && (overshoot < 1_000_000 || tolerance.Min(due) == 1));
                Assert.Equal(part / 1_000_000, tolerance.Max(due) - due);
            },
            iter: Cases.Count);

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void A_tolerance_outside_its_bounds_is_a_bug(int percent)
    {
        Assert.Throws<BugException>(() => new Tolerance(percent, 0).Min(1));
        Assert.Throws<BugException>(() => new Tolerance(0, percent).Max(1));
    }

    private static ConfirmationRule Rule(string depth, Price? upTo = null) =>
        new(null, null, null, upTo, RequiredDepth.Parse(depth)!);

    private static Quote InUsdt(string amount)
    {
        Assert.Null(Amount.TryParse(Usdt, amount, out Amount? due));
        return new(new(amount, "USDT"), null, due!);
    }

    private static string Depth(IReadOnlyList<ConfirmationRule> rules, Quote quote, string? goods = null) =>
        Choose(rules, quote, goods).Required.ToString();

    private static ConfirmationPolicy Choose(IReadOnlyList<ConfirmationRule> rules, Quote quote, string? goods = null) =>
        ConfirmationPolicy.Choose(new() { Confirmations = rules }, quote, "anvil", goods, RequiredDepth.OfBlocks(12));
}
