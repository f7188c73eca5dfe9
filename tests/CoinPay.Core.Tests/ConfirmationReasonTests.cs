using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>What an invoice says about the depth it asks for: which tier, and why that one.</summary>
public sealed class ConfirmationReasonTests
{
    private static readonly Quote OneUsdt = new(new("1", "USDT"), null, new(Usdt, 1_000_000));

    private static readonly Quote OneBitcoin = new(
        new("1", "BTC"), null, new(new("bip122:0f9188f13cb7b2c71f2a335e3a4fc328/slip44:0", "BTC", 8), 100_000_000));

    private static readonly RequiredDepth Three = RequiredDepth.OfBlocks(3);

    [Fact]
    public void A_rule_without_a_condition_applies_to_every_payment() =>
        Assert.Equal("policy.0: applies to every payment", Said(OneUsdt, new ConfirmationRule(null, null, null, null, Three)));

    [Fact]
    public void A_rule_names_each_of_its_conditions()
    {
        Assert.Equal("policy.0: asset USDT", Said(OneUsdt, new ConfirmationRule("USDT", null, null, null, Three)));
        Assert.Equal(
            "policy.0: asset USDT, network anvil, goods digital, up to 5 USDT",
            Said(OneUsdt, new ConfirmationRule("USDT", "anvil", "digital", new("5", "USDT"), Three)));
    }

    [Fact]
    public void A_rule_for_a_tag_that_the_chain_has_not_says_what_it_means_instead() =>
        Assert.Equal(
            "policy.0: 12 blocks for finalized, which this network does not have",
            Said(OneBitcoin, new ConfirmationRule(null, null, null, null, RequiredDepth.Of(FinalityTag.Finalized))));

    [Fact]
    public void Without_a_rule_that_matches_the_network_says_what_it_asks_for() =>
        Assert.Equal("network_default: none of the merchant's rules matches; anvil requires 12", Said(OneUsdt));

    [Fact]
    public void A_limit_that_cannot_be_judged_says_so() =>
        Assert.Equal("strictest: no_rate", Said(OneUsdt, new ConfirmationRule(null, null, null, new("5", "EUR"), Three)));

    [Fact]
    public void An_unconfirmed_payment_that_is_taken_says_up_to_how_much() =>
        Assert.Equal(
            "accept_unconfirmed_up_to: up to 2 BTC",
            Said(new Policy { AcceptUnconfirmedUpTo = new("2", "BTC") }, OneBitcoin, RequiredDepth.OfBlocks(12)));

    [Fact]
    public void Of_two_that_are_as_strict_the_merchants_own_applies() =>
        Assert.Equal("safe", ConfirmationPolicy.Choose(
            new() { Confirmations = [new(null, null, null, new("5", "EUR"), RequiredDepth.Of(FinalityTag.Safe))] },
            OneUsdt, "anvil", null, RequiredDepth.OfBlocks(32)).Required.ToString());

    private static string Said(Quote quote, params ConfirmationRule[] rules) =>
        Said(new Policy { Confirmations = rules }, quote, RequiredDepth.OfBlocks(12));

    private static string Said(Policy policy, Quote quote, RequiredDepth networkDefault)
    {
        ConfirmationPolicy chosen = ConfirmationPolicy.Choose(policy, quote, "anvil", "digital", networkDefault);
        return $"{chosen.Tier}: {chosen.Reason}";
    }
}
