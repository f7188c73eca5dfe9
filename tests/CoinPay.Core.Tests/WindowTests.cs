using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>
/// Expiry, late money, cancellation: what time does to an invoice, and what only a look at the chain may do.
/// </summary>
public sealed class WindowTests
{
    [Fact]
    public void Time_alone_expires_nothing() =>
        Given(Due(1_000)).When(PriceExpires, Minutes(600), Blocks(100)).Then(NothingHappens);

    [Fact]
    public void A_poll_that_began_before_the_price_expired_expires_nothing() =>
        Given(Due(1_000)).When(Minutes(15), CompletePoll, PriceExpires).Then(NothingHappens);

    [Fact]
    public void A_poll_that_began_at_the_very_instant_of_expiry_expires_nothing() =>
        Given(Due(1_000)).When(Minutes(15), CompletePoll).Then(NothingHappens);

    [Fact]
    public void A_complete_poll_begun_after_the_price_expired_expires_an_invoice_without_money() =>
        Given(Due(1_000)).When(WindowCloses)
            .Then(Happens("PaymentWindowClosed", "InvoiceExpired"), NextDeadlineIs(null));

    [Fact]
    public void An_unknown_chain_expires_nothing() =>
        Given(Due(1_000), NodeDown).When(WindowCloses, Minutes(600)).Then(NothingHappens)
            .When(NodeUp).Then(Is(InvoiceStatus.Expired));

    [Fact]
    public void An_unknown_chain_confirms_nothing() =>
        Given(Due(1_000), Mined("a", 1_000), NodeDown).When(Blocks(10)).Then(NothingHappens)
            .When(NodeUp).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void An_unknown_chain_takes_nothing_back() =>
        Given(Due(1_000), Deep("a", 1_000)).When(NodeDown, WindowCloses, Minutes(600)).Then(NothingHappens);

    [Fact]
    public void A_transfer_that_shows_while_the_head_is_unknown_is_detected() =>
        Given(Due(1_000), NodeDown).When(Saw("a", 1_000)).Then(Is(InvoiceStatus.Detected));

    [Fact]
    public void A_payment_seen_in_time_pays_however_long_its_block_takes() =>
        Given(Due(1_000), Saw("a", 1_000)).When(WindowCloses, Minutes(600)).Then(Is(InvoiceStatus.Detected))
            .When(Deep("a")).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void A_payment_at_the_very_instant_of_expiry_is_in_time() =>
        Given(Due(1_000), Minutes(15), Saw("a", 1_000)).When(WindowCloses, Deep("a")).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void A_block_stamped_in_time_makes_a_payment_seen_late_be_in_time() =>
        Given(Due(1_000), WindowCloses)
            .When(AtOnce(Mined("a", 1_000, stampedBefore: TimeSpan.FromMinutes(5)), Blocks(2)))
            .Then(Is(InvoiceStatus.Paid), Tells("paid"));

    [Fact]
    public void A_payment_seen_late_and_mined_into_a_block_stamped_in_time_is_in_time() =>
        Given(Due(1_000), WindowCloses, Saw("a", 1_000)).When(Mined("a", stampedBefore: TimeSpan.FromMinutes(5)))
            .Then(Is(InvoiceStatus.Confirming));

    [Fact]
    public void Too_little_that_was_thought_late_and_is_mined_into_a_block_stamped_in_time_is_underpaid_and_takes_nothing_back() =>
        Given(Due(1_000, depth: "0"), WindowCloses, Saw("a", 400)).When(Mined("a", stampedBefore: TimeSpan.FromMinutes(5)))
            .Then(Is(InvoiceStatus.Underpaid), Tells("underpaid", "exception_opened", "exception_resolved"), Open(ExceptionType.Underpaid));

    [Fact]
    public void A_payment_and_the_closing_of_the_window_in_one_view_is_no_expiry() =>
        Given(Due(1_000)).When(AtOnce(Saw("a", 1_000), WindowCloses))
            .Then(Is(InvoiceStatus.Detected), Tells("payment_detected"));

    [Fact]
    public void Late_money_is_nothing_until_it_is_deep() =>
        Given(Due(1_000), WindowCloses).When(Saw("a", 1_000), Mined("a")).Then(Is(InvoiceStatus.Expired), Tells());

    [Fact]
    public void Late_money_makes_an_expired_invoice_late_paid_and_waits_in_its_account() =>
        Given(Due(1_000), WindowCloses).When(Deep("a", 1_000))
            .Then(Is(InvoiceStatus.LatePaid), Tells("late_paid", "exception_opened"), Books(invoice: 1_000));

    [Fact]
    public void Late_money_pays_for_a_merchant_who_accepts_it() =>
        Given(Due(1_000, late: LatePolicy.Accept), WindowCloses).When(Deep("a", 1_000))
            .Then(Is(InvoiceStatus.Paid), Books(available: 1_000));

    [Fact]
    public void Late_money_that_is_too_little_is_late_paid_even_then() =>
        Given(Due(1_000, late: LatePolicy.Accept), WindowCloses).When(Deep("a", 999)).Then(Is(InvoiceStatus.LatePaid));

    [Fact]
    public void A_late_top_up_of_an_underpaid_invoice_is_late_paid() =>
        Given(Due(1_000), Deep("a", 400), WindowCloses).When(Deep("b", 600))
            .Then(Is(InvoiceStatus.LatePaid), Books(invoice: 1_000));

    [Fact]
    public void A_late_top_up_pays_for_a_merchant_who_accepts_it() =>
        Given(Due(1_000, late: LatePolicy.Accept), Deep("a", 400), WindowCloses).When(Deep("b", 600))
            .Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void Late_money_after_paid_is_excess() =>
        Given(Due(1_000), Deep("a", 1_000), WindowCloses).When(Deep("b", 7))
            .Then(Is(InvoiceStatus.Overpaid), Books(available: 1_000, overpaid: 7));

    [Fact]
    public void A_late_coin_from_anyone_does_not_call_a_payment_late_that_only_lacks_depth() =>
        Given(Due(1_000, depth: "6"), Mined("a", 1_000), WindowCloses, Mined("b", 1)).When(Blocks(4))
            .Then(Is(InvoiceStatus.Paid), Tells("paid"));

    [Fact]
    public void An_invoice_that_nobody_paid_can_be_cancelled() =>
        Given(Due(1_000)).When(Cancelled).Then(Is(InvoiceStatus.Cancelled), Tells("cancelled"), NextDeadlineIs(null));

    [Fact]
    public void Cancelling_again_changes_nothing() =>
        Given(Due(1_000), Cancelled).When(Cancelled, WindowCloses).Then(NothingHappens);

    [Fact]
    public void An_invoice_with_money_on_its_way_cannot_be_cancelled() =>
        Given(Due(1_000), Saw("a", 1)).When(Cancelled).Then(Refused(RejectionReason.NotCancellable), NothingHappens);

    [Fact]
    public void An_invoice_that_had_money_once_cannot_be_cancelled() =>
        Given(Due(1_000), Saw("a", 1_000), SeesNothing).When(Cancelled)
            .Then(Is(InvoiceStatus.Created), Refused(RejectionReason.NotCancellable));

    [Fact]
    public void An_expired_invoice_cannot_be_cancelled() =>
        Given(Due(1_000), WindowCloses).When(Cancelled).Then(Refused(RejectionReason.NotCancellable), Is(InvoiceStatus.Expired));

    [Fact]
    public void A_payment_after_cancellation_is_late_though_the_price_still_stood() =>
        Given(Due(1_000), Cancelled).When(Deep("a", 1_000))
            .Then(Is(InvoiceStatus.LatePaid), Tells("late_paid", "exception_opened"), Books(invoice: 1_000));

    [Fact]
    public void A_payment_after_cancellation_waits_for_a_person_even_where_late_money_is_accepted() =>
        Given(Due(1_000, late: LatePolicy.Accept), Cancelled).When(Deep("a", 1_000)).Then(Is(InvoiceStatus.LatePaid));

    [Fact]
    public void A_payment_after_cancellation_that_a_reorg_takes_away_leaves_it_cancelled() =>
        Given(Due(1_000), Cancelled, Deep("a", 1_000)).When(SeesNothing)
            .Then(StepsBackTo(InvoiceStatus.Cancelled), Books());

    [Theory]
    [InlineData("safe")]
    [InlineData("finalized")]
    public void A_policy_that_waits_for_a_finality_tag_ignores_depth(string tag) =>
        Given(Due(1_000, depth: tag), Mined("a", 1_000)).When(Blocks(10_000))
            .Then(NothingHappens, Is(InvoiceStatus.Confirming));

    [Fact]
    public void A_payment_at_or_below_the_safe_block_pays_where_the_policy_says_safe() =>
        Given(Due(1_000, depth: "safe"), Mined("a", 1_000), SafeIs(0)).When(SafeIs(1)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void A_payment_at_or_below_the_finalized_block_pays_where_the_policy_says_finalized() =>
        Given(Due(1_000, depth: "finalized"), Mined("a", 1_000), SafeIs(9), FinalizedIs(0)).When(FinalizedIs(1))
            .Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void A_stalled_finality_makes_an_invoice_wait_not_expire() =>
        Given(Due(1_000, depth: "finalized"), Mined("a", 1_000), FinalizedIs(0)).When(WindowCloses, Minutes(600))
            .Then(Is(InvoiceStatus.Confirming), Tells());

    [Fact]
    public void An_invoice_is_finished_when_its_watch_is_over_and_nothing_is_on_its_way()
    {
        Given(Due(1_000)).When(WindowCloses).Then(IsFinished(before: false, after: true));
        Given(Due(1_000)).When(Deep("a", 1_000), WindowCloses).Then(IsFinished(before: false, after: true));
        Given(Due(1_000)).When(WindowCloses, Saw("a", 1_000)).Then(IsFinished(before: false, after: false));
        Given(Due(1_000), NodeDown).When(WindowCloses).Then(IsFinished(before: false, after: false));
    }
}
