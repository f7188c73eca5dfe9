using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>Goods go out once, under one key, and only for money that counts.</summary>
public sealed class FulfilmentTests
{
    [Fact]
    public void A_paid_invoice_is_fulfilled_once() =>
        Given(Due(1_000), Deep("a", 1_000)).When(Fulfilled, Fulfilled).Then(Happens("InvoiceFulfilled"), Refused(null!));

    [Fact]
    public void An_invoice_that_is_not_paid_is_not_fulfilled() =>
        Given(Due(1_000), Mined("a", 1_000)).When(Fulfilled)
            .Then(NothingHappens, Refused(RejectionReason.NotFulfillable, "The invoice cannot be fulfilled: it is confirming."));

    [Fact]
    public void Another_key_fulfils_nothing() =>
        Given(Due(1_000), Deep("a", 1_000)).When(FulfilledWith("ful_2")).Then(NothingHappens, Refused(RejectionReason.FulfilmentKeyMismatch));

    [Fact]
    public void An_excess_that_waits_for_a_person_holds_the_goods() =>
        Given(Due(1_000, more: AmountPolicy.Hold), Deep("a", 2_000)).When(Fulfilled)
            .Then(Refused(
                RejectionReason.NotFulfillable, "The invoice cannot be fulfilled: it is overpaid and waiting for a decision about the excess."));

    [Fact]
    public void What_was_fulfilled_stays_so_when_a_reorg_takes_the_money() =>
        Given(Due(1_000), Deep("a", 1_000), Fulfilled, SeesNothing).When(Fulfilled).Then(NothingHappens, Refused(null!));

    [Fact]
    public void An_unconfirmed_payment_pays_where_the_merchant_takes_it() =>
        Given(Due(1_000, depth: "0", inConflict: "3")).When(Saw("a", 1_000))
            .Then(Is(InvoiceStatus.Paid), Tells("payment_detected", "paid"), Books(available: 1_000));

    [Fact]
    public void An_unconfirmed_payment_with_a_known_conflict_waits_for_blocks() =>
        Given(Due(1_000, depth: "0", inConflict: "3")).When(SawConflicting("a", 1_000)).Then(Is(InvoiceStatus.Detected))
            .When(Mined("a")).Then(Is(InvoiceStatus.Confirming))
            .When(Blocks(2)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void An_unconfirmed_payment_that_is_doubtful_waits_for_blocks() =>
        Given(Due(1_000, depth: "0", inConflict: "3")).When(SawDoubtful("a", 1_000)).Then(Is(InvoiceStatus.Detected))
            .When(Mined("a")).Then(Is(InvoiceStatus.Confirming))
            .When(Blocks(2)).Then(Is(InvoiceStatus.Paid));

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("3")]
    public void A_coinbase_pays_after_a_hundred_blocks_whatever_the_policy(string depth) =>
        Given(Due(1_000, depth: depth)).When(MinedAsCoinbase("a", 1_000)).Then(Is(InvoiceStatus.Confirming))
            .When(Blocks(98)).Then(Is(InvoiceStatus.Confirming))
            .When(Blocks(1)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void A_policy_of_more_than_a_hundred_blocks_applies_to_a_coinbase_too() =>
        Given(Due(1_000, depth: "120"), MinedAsCoinbase("a", 1_000)).When(Blocks(118)).Then(Is(InvoiceStatus.Confirming))
            .When(Blocks(1)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void An_unconfirmed_payment_is_not_taken_while_the_chain_is_unknown() =>
        Given(Due(1_000, depth: "0"), NodeDown).When(Saw("a", 1_000)).Then(Is(InvoiceStatus.Detected))
            .When(NodeUp).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void An_unconfirmed_payment_that_was_taken_stays_paid_when_it_is_mined() =>
        Given(Due(1_000, depth: "0"), Saw("a", 1_000)).When(Mined("a"))
            .Then(Happens("TransferMoved", "TransferConfirmed"), Is(InvoiceStatus.Paid), Tells());

    [Fact]
    public void An_unconfirmed_payment_that_was_fulfilled_and_spent_elsewhere_is_a_loss_that_shows() =>
        Given(Due(1_000, depth: "0"), Saw("a", 1_000), Fulfilled).When(SpentElsewhere("a"))
            .Then(StepsBackTo(InvoiceStatus.Created), Open(ExceptionType.Replaced), Books());

    [Fact]
    public void A_stalled_finality_lets_nothing_expire() =>
        Given(Due(1_000), FinalityStalls).When(WindowCloses, Minutes(60), CompletePoll).Then(NothingHappens)
            .When(FinalityReturns).Then(Is(InvoiceStatus.Expired));
}

/// <summary>Late money that is accepted only while the rate has not moved too far.</summary>
public sealed class LateRateTests
{
    private static Step Conditional(decimal within, string? rate = "1.00") =>
        Due(1_000, late: LatePolicy.AcceptIfRateWithin, rate: rate, rateWithin: within);

    [Theory]
    [InlineData("1.02")]
    [InlineData("0.98")]
    [InlineData("1")]
    public void Late_money_pays_while_the_rate_is_within_the_limit(string now) =>
        Given(Conditional(2), WindowCloses, RateIs(now)).When(Deep("a", 1_000))
            .Then(Is(InvoiceStatus.Paid), Tells("paid"), Open(), Books(available: 1_000));

    [Theory]
    [InlineData("1.0201")]
    [InlineData("0.9799")]
    public void Late_money_is_held_when_the_rate_has_moved_further(string now) =>
        Given(Conditional(2), WindowCloses, RateIs(now)).When(Deep("a", 1_000))
            .Then(Is(InvoiceStatus.LatePaid), Open(ExceptionType.Late));

    [Theory]
    [InlineData("1.005", InvoiceStatus.Paid)]
    [InlineData("1.0051", InvoiceStatus.LatePaid)]
    public void The_limit_may_be_a_part_of_a_per_cent(string now, InvoiceStatus expected) =>
        Given(Conditional(0.5m), WindowCloses, RateIs(now)).When(Deep("a", 1_000)).Then(Is(expected));

    [Fact]
    public void Late_money_within_the_tolerance_is_judged_by_the_rate_too() =>
        Given(
            Due(1_000, under: 10, over: 10, late: LatePolicy.AcceptIfRateWithin, rate: "1.00", rateWithin: 2), WindowCloses, RateIs("1.01"))
            .When(Deep("a", 950)).Then(Is(InvoiceStatus.Paid), Open(), Books(available: 950));

    [Fact]
    public void Late_money_is_held_while_nobody_knows_the_rate_and_judged_once_it_is_known() =>
        Given(Conditional(2), WindowCloses).When(Deep("a", 1_000)).Then(Is(InvoiceStatus.LatePaid), Open(ExceptionType.Late))
            .When(RateIs("1.01")).Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void Late_money_is_judged_once() =>
        Given(Conditional(2), WindowCloses, RateIs("2"), Deep("a", 1_000)).When(RateIs("1")).Then(NothingHappens);

    [Fact]
    public void Late_money_for_a_price_in_the_asset_itself_needs_no_rate() =>
        Given(Conditional(0, rate: null), WindowCloses).When(Deep("a", 1_000)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void Too_little_late_money_is_not_judged() =>
        Given(Conditional(2), WindowCloses, RateIs("1")).When(Deep("a", 999)).Then(Is(InvoiceStatus.LatePaid), IsNotJudged);

    [Fact]
    public void Late_money_beside_a_price_that_was_met_on_time_is_not_judged() =>
        Given(Conditional(2), Deep("a", 1_000), WindowCloses, RateIs("1")).When(Deep("b", 5))
            .Then(Is(InvoiceStatus.Overpaid), IsNotJudged);

    [Fact]
    public void Late_money_for_a_cancelled_invoice_is_not_judged() =>
        Given(Conditional(2), Cancelled, RateIs("1")).When(Deep("a", 1_000)).Then(Is(InvoiceStatus.LatePaid), IsNotJudged);

    [Fact]
    public void Late_money_that_makes_a_part_on_time_whole_is_judged() =>
        Given(Conditional(2), Deep("a", 400), WindowCloses, RateIs("1")).When(Deep("b", 600)).Then(Is(InvoiceStatus.Paid));

    private static Expectation IsNotJudged { get; } = world => Assert.Null(world.State!.LateAccepted);
}
