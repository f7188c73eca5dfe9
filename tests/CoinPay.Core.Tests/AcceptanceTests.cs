using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>What a person accepted as the price: it adds up, it holds while its money is there, and a misclick is not final.</summary>
public sealed class AcceptanceTests
{
    private const int Day = 24 * 60;

    private static Step Accept(ExceptionType type) => Resolves(type, ExceptionAction.AcceptAsPaid);

    [Fact]
    public void Dust_accepted_after_the_price_is_no_reason_to_be_paid() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Accept(ExceptionType.Underpaid), Fulfilled, Deep("dust", 1, Ether))
            .When(Accept(ExceptionType.WrongAsset)).Then(Happens("ExceptionResolved", "MoneyKept"), Is(InvoiceStatus.Paid))
            .When(Dropped("dust")).Then(Is(InvoiceStatus.Paid), Tells(), Books(available: 400));

    [Fact]
    public void Dust_accepted_after_another_asset_leaves_the_price_with_the_merchant() =>
        Given(Due(1_000), Deep("a", 77, Ether), Accept(ExceptionType.WrongAsset), Fulfilled, MinedOn("anvil2", "dust", 1, blocks: 3))
            .When(TakesFromElsewhere("settlement"))
            .Then(Is(InvoiceStatus.Paid), Available(77, Ether), Available(1, OtherUsdt), Refundable(0, Ether))
            .When(LostOn("dust")).Then(Is(InvoiceStatus.Paid), Tells(), Available(77, Ether));

    [Fact]
    public void Each_acceptance_alone_is_a_reason_to_be_paid() =>
        Given(
                Due(1_000), Deep("a", 400), WindowCloses, Accept(ExceptionType.Underpaid), Dropped("a"), Deep("b", 77, Ether),
                Accept(ExceptionType.WrongAsset), Deep("a"))
            .When(Dropped("b")).Then(Is(InvoiceStatus.Paid), Tells(), Books(available: 400));

    [Fact]
    public void More_of_an_asset_that_was_accepted_is_refundable_until_it_is_accepted_too() =>
        Given(Due(1_000), Deep("a", 77, Ether), Accept(ExceptionType.WrongAsset)).When(Deep("b", 23, Ether))
            .Then(Open(ExceptionType.WrongAsset), IsAbout(100), Available(77, Ether), Refundable(23, Ether))
            .When(Accept(ExceptionType.WrongAsset)).Then(Open(), Available(100, Ether), Refundable(0, Ether));

    [Fact]
    public void Accepted_dust_does_not_release_an_excess_that_a_person_reviews_first() =>
        Given(Due(1_000, more: AmountPolicy.Hold), Deep("a", 1_000), Deep("dust", 1, Ether), Accept(ExceptionType.WrongAsset))
            .When(Deep("b", 500)).Then(Is(InvoiceStatus.Overpaid), MayBeFulfilled(false));

    [Fact]
    public void Accepted_money_that_returns_within_a_day_pays_again() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Accept(ExceptionType.Underpaid), SeesNothing, Minutes(Day))
            .When(Deep("a")).Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void Accepted_money_that_returns_after_months_waits_for_a_person() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Accept(ExceptionType.Underpaid), SeesNothing, Minutes(60 * Day))
            .When(Deep("a"))
            .Then(Is(InvoiceStatus.Underpaid), Open(ExceptionType.Underpaid), IsAbout(400), MayBeFulfilled(false))
            .When(Accept(ExceptionType.Underpaid)).Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void Late_money_that_returns_after_months_is_judged_by_the_rate_of_then() =>
        Given(
                Due(1_000, late: LatePolicy.AcceptIfRateWithin, rate: "1.00", rateWithin: 2), WindowCloses, RateIs("1.01"),
                Deep("a", 1_000), SeesNothing, RateIs("2"), Minutes(60 * Day))
            .When(Deep("a")).Then(Is(InvoiceStatus.LatePaid), Open(ExceptionType.Late));

    [Fact]
    public void The_full_price_that_returns_after_months_needs_no_person() =>
        Given(Due(1_000), Deep("a", 1_000), WindowCloses, SeesNothing, Minutes(60 * Day)).When(Deep("a"))
            .Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void An_accepted_depth_ends_when_the_payment_is_lost() =>
        Given(Due(1_000), Saw("a", 1_000), Minutes(Day + 1), CompletePoll, Accept(ExceptionType.Stalled), SeesNothing)
            .When(Mined("a")).Then(Is(InvoiceStatus.Confirming), Open(ExceptionType.Stalled))
            .When(Blocks(2)).Then(Is(InvoiceStatus.Paid), Open());

    [Theory]
    [InlineData(ExceptionAction.Ignore)]
    [InlineData(ExceptionAction.WriteOff)]
    public void A_misclick_is_taken_back_and_decided_again(ExceptionAction action) =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, action))
            .When(Reopens(ExceptionType.Underpaid, "wrong one"))
            .Then(Happens("ExceptionReopened"), Tells("exception_opened"), Open(ExceptionType.Underpaid), IsAbout(400))
            .When(Reopens(ExceptionType.Underpaid)).Then(NothingHappens, Refused(null!))
            .When(Accept(ExceptionType.Underpaid)).Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void A_reopened_exception_says_who_took_the_decision_back() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, ExceptionAction.Ignore))
            .When(Reopens(ExceptionType.Underpaid, "wrong one"))
            .Then(world => Assert.Equal(new Reopening("wrong one", "key_1", world.Now), Assert.Single(world.State!.Exceptions).Reopening));

    [Fact]
    public void An_acceptance_is_not_taken_back() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Accept(ExceptionType.Underpaid)).When(Reopens(ExceptionType.Underpaid))
            .Then(NothingHappens, Refused(RejectionReason.NotReopenable));

    [Fact]
    public void A_decision_whose_cause_is_gone_is_not_taken_back() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Resolves(ExceptionType.Late, ExceptionAction.Ignore), SeesNothing)
            .When(Reopens(ExceptionType.Late)).Then(NothingHappens, Refused(RejectionReason.NotReopenable));

    [Fact]
    public void A_decision_about_the_same_money_as_a_newer_exception_is_not_taken_back() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Resolves(ExceptionType.Late, ExceptionAction.Ignore), Deep("b", 100))
            .When(new Step("reopens the first", world => world.Command(
                new InvoiceCommand.ReopenException(world.State!.Exceptions[0].Number, null, "key_1", world.Now))))
            .Then(NothingHappens, Refused(RejectionReason.NotReopenable), Open(ExceptionType.Late));

    [Fact]
    public void A_decision_about_an_amount_that_has_changed_is_refused_and_says_the_amount_of_now() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Deep("b", 100))
            .When(ResolvesAbout(400, ExceptionType.Late, ExceptionAction.WriteOff))
            .Then(NothingHappens, Refused(
                RejectionReason.ExceptionChanged, "It is about 500 base units now, not 400: read it again, then decide."))
            .When(ResolvesAbout(500, ExceptionType.Late, ExceptionAction.WriteOff)).Then(Open(), Refused(null!));

    [Theory]
    [InlineData(899, InvoiceStatus.Underpaid)]
    [InlineData(900, InvoiceStatus.Paid)]
    public void Less_than_the_price_is_accepted_down_to_the_floor(long amount, InvoiceStatus expected) =>
        Given(Due(1_000, less: AmountPolicy.Accept, floor: 90), Deep("a", amount)).When(WindowCloses).Then(Is(expected));

    [Fact]
    public void The_smallest_coin_is_below_every_floor_that_is_not_set() =>
        Given(Due(1_000, less: AmountPolicy.Accept, floor: Policy.DefaultUnderFloorPercent), Deep("dust", 1)).When(WindowCloses)
            .Then(Is(InvoiceStatus.Underpaid), Open(ExceptionType.Underpaid));

    [Fact]
    public void Money_on_another_network_needs_the_depth_of_that_network() =>
        Given(Due(1_000, depth: "1", elsewhere: "12")).When(MinedOn("anvil2", "a", 900, blocks: 11)).Then(Refundable(0, OtherUsdt))
            .When(MinedOn("anvil2", "a", 900, blocks: 12)).Then(Refundable(900, OtherUsdt));

    [Fact]
    public void Money_on_a_network_that_the_terms_do_not_know_waits_for_finality() =>
        Given(Due(1_000, depth: "1")).When(MinedOn("anvil3", "a", 900, blocks: 1_000)).Then(Refundable(0, OtherUsdt));

    [Fact]
    public void A_token_that_credits_less_in_another_block_pays_less() =>
        Given(Due(1_000), Deep("a", 1_000)).When(MovedWith("a", 990))
            .Then(StepsBackTo(InvoiceStatus.Detected), Has(990, 990), Books(invoice: 990));

    [Fact]
    public void A_payment_that_is_unclear_in_another_block_waits_for_a_person_whose_word_outlasts_a_move() =>
        Given(Due(1_000), Deep("a", 1_000)).When(MovedUnclear("a"))
            .Then(StepsBackTo(InvoiceStatus.Created), Open(ExceptionType.Ambiguous), Refundable(1_000, Usdt))
            .When(Accept(ExceptionType.Ambiguous), MovedSideways("a")).Then(Is(InvoiceStatus.Paid), Open());

    private static Expectation Available(long amount, Asset asset) =>
        world => Assert.Equal(amount, world.Balance(Account.Available(Merchant), asset));
}
