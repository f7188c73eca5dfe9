using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>Payments that go another way: each is seen, classified, and has a way out.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public void Too_little_money_opens_an_exception_about_what_came() =>
        Given(Due(1_000), Deep("a", 400)).When(WindowCloses)
            .Then(Is(InvoiceStatus.Underpaid), Open(ExceptionType.Underpaid), IsAbout(400), Tells("underpaid", "exception_opened"));

    [Fact]
    public void Too_little_that_a_merchant_accepts_pays_the_invoice() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses).When(Resolves(ExceptionType.Underpaid, ExceptionAction.AcceptAsPaid))
            .Then(Is(InvoiceStatus.Paid), Open(), MayBeFulfilled(true), Books(available: 400), Tells("exception_resolved", "paid"));

    [Fact]
    public void What_was_accepted_and_then_lost_is_taken_back() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, ExceptionAction.AcceptAsPaid))
            .When(SeesNothing).Then(StepsBackTo(InvoiceStatus.Expired), Books(), MayBeFulfilled(false));

    [Fact]
    public void A_customer_who_was_asked_for_the_rest_pays_it_on_time() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested), Minutes(600))
            .When(Deep("b", 600)).Then(Is(InvoiceStatus.Paid), Open(), Books(available: 1_000), Tells("confirming", "paid"));

    [Fact]
    public void A_customer_who_was_asked_for_the_rest_and_does_not_pay_it_leaves_the_exception_open_again() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .When(Minutes(1_441), CompletePoll)
            .Then(Is(InvoiceStatus.Underpaid), Open(ExceptionType.Underpaid), Tells("underpaid", "exception_opened"));

    [Fact]
    public void A_request_for_the_rest_sets_a_new_deadline() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses).When(Resolves(ExceptionType.Underpaid, ExceptionAction.TopUpRequested))
            .Then(
                Is(InvoiceStatus.Detected),
                NextDeadlineIs(InvoiceWorld.Opened + Window + TimeSpan.FromSeconds(1) + ExceptionRules.TopUpWindow));

    [Theory]
    [InlineData(ExceptionAction.Ignore)]
    [InlineData(ExceptionAction.WriteOff)]
    public void What_a_person_has_decided_about_does_not_open_again(ExceptionAction action) =>
        Given(Due(1_000), Deep("a", 400), WindowCloses, Resolves(ExceptionType.Underpaid, action))
            .When(Minutes(10), CompletePoll, Blocks(3)).Then(NothingHappens, Open());

    [Fact]
    public void More_money_than_was_decided_about_opens_it_again() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Resolves(ExceptionType.Late, ExceptionAction.Ignore))
            .When(Deep("b", 100)).Then(Open(ExceptionType.Late), IsAbout(500));

    [Fact]
    public void Late_money_opens_an_exception_and_is_accepted_by_a_person() =>
        Given(Due(1_000), WindowCloses, Deep("a", 1_000)).When(Resolves(ExceptionType.Late, ExceptionAction.AcceptAsPaid, "called"))
            .Then(Is(InvoiceStatus.Paid), Open(), Books(available: 1_000));

    [Fact]
    public void A_person_may_accept_money_for_a_cancelled_invoice() =>
        Given(Due(1_000), Cancelled, Deep("a", 1_000)).When(Resolves(ExceptionType.Late, ExceptionAction.AcceptAsPaid))
            .Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void Late_money_that_a_reorg_takes_away_resolves_its_exception_by_itself() =>
        Given(Due(1_000), WindowCloses, Deep("a", 1_000)).When(SeesNothing)
            .Then(Is(InvoiceStatus.Expired), Open(), Tells("payment_reverted", "exception_resolved"));

    [Fact]
    public void An_exception_whose_cause_comes_back_opens_again() =>
        Given(Due(1_000), WindowCloses, Deep("a", 1_000), SeesNothing).When(Deep("a"))
            .Then(Open(ExceptionType.Late), Tells("late_paid", "exception_opened"));

    [Fact]
    public void Too_much_money_is_no_exception_for_a_merchant_who_takes_it() =>
        Given(Due(1_000)).When(Deep("a", 1_500)).Then(Is(InvoiceStatus.Overpaid), Open(), MayBeFulfilled(true));

    [Fact]
    public void Too_much_money_is_held_for_a_merchant_who_looks_first() =>
        Given(Due(1_000, more: AmountPolicy.Hold)).When(Deep("a", 1_500))
            .Then(Open(ExceptionType.Overpaid), IsAbout(500), MayBeFulfilled(false), Shows("issue_detected"))
            .When(Resolves(ExceptionType.Overpaid, ExceptionAction.AcceptAsPaid)).Then(Open(), MayBeFulfilled(true), Shows("complete"));

    [Fact]
    public void An_invoice_paid_twice_is_overpaid_by_a_whole_price() =>
        Given(Due(1_000, more: AmountPolicy.Hold), Deep("a", 1_000)).When(Deep("b", 1_000))
            .Then(Is(InvoiceStatus.Overpaid), Open(ExceptionType.Overpaid), IsAbout(1_000), Books(available: 1_000, overpaid: 1_000));

    [Fact]
    public void Money_in_another_asset_opens_an_exception_and_is_booked_as_refundable() =>
        Given(Due(1_000)).When(Deep("a", 77, Ether))
            .Then(Is(InvoiceStatus.Created), Open(ExceptionType.WrongAsset), IsAbout(77), Refundable(77, Ether));

    [Fact]
    public void Money_in_another_asset_can_be_taken_as_the_price() =>
        Given(Due(1_000), Deep("a", 77, Ether)).When(Resolves(ExceptionType.WrongAsset, ExceptionAction.AcceptAsPaid))
            .Then(Is(InvoiceStatus.Paid), Open(), Refundable(0, Ether), MayBeFulfilled(true))
            .When(SeesNothing).Then(StepsBackTo(InvoiceStatus.Created), Refundable(0, Ether));

    [Fact]
    public void Money_in_another_asset_that_is_not_deep_cannot_be_taken() =>
        Given(Due(1_000), Mined("a", 77, Ether)).When(Resolves(ExceptionType.WrongAsset, ExceptionAction.AcceptAsPaid))
            .Then(Refused(RejectionReason.NotAcceptable), NothingHappens, Open(ExceptionType.WrongAsset));

    [Fact]
    public void Money_on_another_network_opens_an_exception_at_once_and_is_booked_when_deep_there() =>
        Given(Due(1_000)).When(MinedOn("anvil2", "a", 900, blocks: 1))
            .Then(Is(InvoiceStatus.Created), Open(ExceptionType.WrongNetwork), Refundable(0, OtherUsdt), Has(0, 0))
            .When(MinedOn("anvil2", "a", 900, blocks: 3)).Then(Refundable(900, OtherUsdt));

    [Fact]
    public void Money_on_another_network_that_a_reorg_takes_away_is_no_exception_any_more() =>
        Given(Due(1_000), MinedOn("anvil2", "a", 900, blocks: 3)).When(LostOn("a")).Then(Open(), Refundable(0, OtherUsdt));

    [Fact]
    public void Depth_on_the_own_network_says_nothing_of_money_on_another() =>
        Given(Due(1_000), MinedOn("anvil2", "a", 900, blocks: 1)).When(Blocks(1_000)).Then(NothingHappens);

    [Fact]
    public void Money_that_could_be_anybodys_counts_only_after_a_person_said_so() =>
        Given(Due(1_000)).When(MinedAmbiguous("a", 1_000))
            .Then(Is(InvoiceStatus.Created), Open(ExceptionType.Ambiguous), Refundable(1_000, Usdt))
            .When(Resolves(ExceptionType.Ambiguous, ExceptionAction.AcceptAsPaid))
            .Then(Is(InvoiceStatus.Paid), Open(), Books(available: 1_000), Refundable(0, Usdt));

    [Fact]
    public void A_payment_spent_elsewhere_opens_an_exception() =>
        Given(Due(1_000), Saw("a", 1_000)).When(SpentElsewhere("a"))
            .Then(Is(InvoiceStatus.Created), Open(ExceptionType.Replaced), IsAbout(1_000), Tells("payment_reverted", "exception_opened"));

    [Fact]
    public void A_payment_replaced_by_one_that_pays_as_much_is_no_exception() =>
        Given(Due(1_000), Saw("a", 1_000)).When(AtOnce(SpentElsewhere("a", "b"), Saw("b", 1_000))).Then(Open(), Tells());

    [Fact]
    public void A_payment_spent_elsewhere_is_no_exception_if_the_rest_is_within_the_tolerance() =>
        Given(Due(1_000, under: 10, over: 10), Saw("a", 950), Saw("b", 50)).When(SpentElsewhere("b")).Then(Open());

    [Fact]
    public void A_payment_that_left_the_mempool_for_no_known_reason_is_no_exception() =>
        Given(Due(1_000), Saw("a", 1_000)).When(Replaced("a")).Then(Open(), Is(InvoiceStatus.Created));

    [Fact]
    public void A_payment_spent_elsewhere_and_then_paid_again_resolves_itself() =>
        Given(Due(1_000), Saw("a", 1_000), SpentElsewhere("a")).When(Saw("b", 1_000)).Then(Open());

    [Fact]
    public void A_reorg_before_fulfilment_is_no_exception() =>
        Given(Due(1_000), Deep("a", 1_000)).When(SeesNothing).Then(Open());

    [Fact]
    public void A_reorg_after_fulfilment_opens_an_exception_that_ends_when_the_payment_is_back() =>
        Given(Due(1_000), Deep("a", 1_000), Fulfilled).When(SeesNothing)
            .Then(Open(ExceptionType.Reorged), IsAbout(1_000), Tells("payment_reverted", "exception_opened"))
            .When(Deep("a")).Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void A_payment_that_does_not_get_deep_stalls_after_the_limit() =>
        Given(Due(1_000), Mined("a", 1_000), Minutes(1_441)).When(CompletePoll)
            .Then(Is(InvoiceStatus.Confirming), Open(ExceptionType.Stalled), Tells("exception_opened"))
            .When(Blocks(2)).Then(Is(InvoiceStatus.Paid), Open());

    [Fact]
    public void Time_alone_stalls_nothing() =>
        Given(Due(1_000), Mined("a", 1_000)).When(Minutes(3_000)).Then(NothingHappens);

    [Fact]
    public void A_payment_that_never_gets_into_a_block_stalls_too() =>
        Given(Due(1_000), Saw("a", 1_000), Minutes(1_441)).When(CompletePoll).Then(Open(ExceptionType.Stalled));

    [Fact]
    public void A_stalled_payment_that_a_person_accepts_pays_and_stays_through_its_move_into_a_block() =>
        Given(Due(1_000), Saw("a", 1_000), Minutes(1_441), CompletePoll)
            .When(Resolves(ExceptionType.Stalled, ExceptionAction.AcceptAsPaid)).Then(Is(InvoiceStatus.Paid), Open())
            .When(Mined("a")).Then(Happens("TransferMoved"), Is(InvoiceStatus.Paid));

    [Fact]
    public void The_limit_is_a_deadline_of_the_invoice() =>
        Given(Due(1_000), Mined("a", 1_000)).When(WindowCloses).Then(NextDeadlineIs(InvoiceWorld.Opened + TimeSpan.FromHours(24)));

    [Fact]
    public void A_stalled_payment_has_no_deadline_any_more() =>
        Given(Due(1_000), Mined("a", 1_000), Minutes(1_441)).When(CompletePoll).Then(NextDeadlineIs(null));

    [Fact]
    public void An_action_that_an_exception_does_not_allow_is_refused() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400)).When(Resolves(ExceptionType.Late, ExceptionAction.TopUpRequested))
            .Then(Refused(RejectionReason.ActionNotAllowed), NothingHappens);

    [Fact]
    public void The_same_decision_again_changes_nothing_and_another_is_refused() =>
        Given(Due(1_000), WindowCloses, Deep("a", 400), Resolves(ExceptionType.Late, ExceptionAction.Ignore))
            .When(Resolves(ExceptionType.Late, ExceptionAction.Ignore)).Then(NothingHappens, Refused(null!))
            .When(Resolves(ExceptionType.Late, ExceptionAction.WriteOff)).Then(NothingHappens, Refused(RejectionReason.ExceptionResolved));

    [Fact]
    public void Resolved_exceptions_do_not_fill_the_state_for_ever()
    {
        List<Step> past = [Due(1_000), WindowCloses];
        for (int i = 0; i < 40; i++)
            past.AddRange([Deep("t" + i, 1), Resolves(ExceptionType.Late, ExceptionAction.Ignore)]);
        Given([.. past]).When(Blocks(1)).Then(NothingHappens, world => Assert.Equal(30, world.State!.Exceptions.Count));
    }
}
