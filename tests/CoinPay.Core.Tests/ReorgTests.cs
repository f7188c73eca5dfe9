using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>What the chain gave it can take away: reorgs, replacements, and payments that come back.</summary>
public sealed class ReorgTests
{
    [Fact]
    public void A_payment_dropped_by_a_reorg_reopens_the_invoice() =>
        Given(Due(1_000), Mined("a", 1_000)).When(SeesNothing)
            .Then(Reverted("a", 1_000), StepsBackTo(InvoiceStatus.Created), Tells("payment_reverted"), Has(0, 0));

    [Fact]
    public void A_reorg_after_paid_takes_the_money_out_of_the_books() =>
        Given(Due(1_000), Deep("a", 1_000)).When(SeesNothing)
            .Then(Reverted("a", 1_000), StepsBackTo(InvoiceStatus.Created), Books());

    [Fact]
    public void A_reorg_after_the_window_closed_leaves_the_invoice_expired() =>
        Given(Due(1_000), Deep("a", 1_000), WindowCloses).When(SeesNothing).Then(StepsBackTo(InvoiceStatus.Expired));

    [Fact]
    public void A_payment_replaced_in_the_mempool_reopens_the_invoice() =>
        Given(Due(1_000), Saw("a", 1_000)).When(Replaced("a"))
            .Then(Reverted("a", 1_000), Stands("a", TransferStatus.Replaced), StepsBackTo(InvoiceStatus.Created));

    [Fact]
    public void A_payment_replaced_by_another_of_the_same_amount_changes_no_status() =>
        Given(Due(1_000), Saw("a", 1_000)).When(AtOnce(Replaced("a"), Saw("b", 1_000)))
            .Then(Is(InvoiceStatus.Detected), Tells(), Has(1_000, 0));

    [Fact]
    public void A_dropped_payment_that_turns_out_to_be_replaced_is_shown_as_replaced() =>
        Given(Due(1_000), Saw("a", 1_000), Dropped("a")).When(Replaced("a"))
            .Then(Stands("a", TransferStatus.Replaced), Happens("TransferLost"));

    [Fact]
    public void A_transfer_lost_before_anyone_saw_it_is_no_event() =>
        Given(Due(1_000)).When(AtOnce(Saw("a", 1_000), Replaced("a"))).Then(NothingHappens);

    [Fact]
    public void A_payment_moved_to_another_block_is_the_same_payment() =>
        Given(Due(1_000), Mined("a", 1_000)).When(MovedSideways("a"))
            .Then(Happens("TransferMoved"), Is(InvoiceStatus.Confirming), Has(1_000, 0));

    [Fact]
    public void A_paid_payment_moved_to_a_block_as_deep_stays_paid_and_tells_nobody() =>
        Given(Due(1_000), Deep("a", 1_000)).When(MovedSideways("a"))
            .Then(Happens("TransferMoved", "TransferConfirmed"), Is(InvoiceStatus.Paid), Books(available: 1_000));

    [Fact]
    public void A_paid_payment_moved_to_the_head_is_confirming_again_and_paid_again_when_deep() =>
        Given(Due(1_000), Deep("a", 1_000)).When(MovedToTheHead("a"))
            .Then(StepsBackTo(InvoiceStatus.Confirming), Tells("payment_reverted"), Books())
            .When(Blocks(2)).Then(Tells("paid"), Books(available: 1_000));

    [Fact]
    public void A_payment_back_in_the_mempool_is_only_detected() =>
        Given(Due(1_000), Deep("a", 1_000)).When(BackInMempool("a"))
            .Then(StepsBackTo(InvoiceStatus.Detected), Has(seen: 1_000, confirmed: 0), Books());

    [Fact]
    public void A_payment_not_yet_deep_that_goes_back_to_the_mempool_is_only_detected() =>
        Given(Due(1_000), Mined("a", 1_000)).When(BackInMempool("a"))
            .Then(StepsBackTo(InvoiceStatus.Detected), Has(1_000, 0));

    [Fact]
    public void A_dropped_payment_that_is_in_the_mempool_again_is_detected_again() =>
        Given(Due(1_000), Saw("a", 1_000), SeesNothing).When(BackInMempool("a"))
            .Then(Is(InvoiceStatus.Detected), Tells("payment_detected"), Stands("a", TransferStatus.Seen));

    [Fact]
    public void Late_money_does_not_hide_that_the_payment_in_time_lost_its_depth() =>
        Given(Due(1_000), Deep("a", 1_000), WindowCloses).When(AtOnce(Deep("b", 1_000), MovedToTheHead("a")))
            .Then(StepsBackTo(InvoiceStatus.Confirming), Books(invoice: 1_000));

    [Fact]
    public void A_dropped_payment_mined_again_pays_again() =>
        Given(Due(1_000), Deep("a", 1_000), SeesNothing).When(Deep("a"))
            .Then(Is(InvoiceStatus.Paid), Tells("payment_detected", "confirming", "paid"), Books(available: 1_000));

    [Fact]
    public void No_reorg_makes_a_payer_late() =>
        Given(Due(1_000), Mined("a", 1_000), WindowCloses, Minutes(60), SeesNothing).When(Deep("a"))
            .Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void An_overpaid_invoice_whose_excess_is_lost_is_paid() =>
        Given(Due(1_000), Deep("a", 1_000), Deep("b", 5)).When(Dropped("b"))
            .Then(StepsBackTo(InvoiceStatus.Paid), Books(available: 1_000));

    [Fact]
    public void An_overpaid_invoice_whose_main_payment_is_lost_keeps_the_rest_in_its_account() =>
        Given(Due(1_000), Deep("a", 1_000), Deep("b", 5)).When(Dropped("a"))
            .Then(StepsBackTo(InvoiceStatus.Detected), Books(invoice: 5));

    [Fact]
    public void Late_money_that_is_lost_leaves_an_expired_invoice_expired() =>
        Given(Due(1_000), WindowCloses, Deep("a", 1_000)).When(SeesNothing).Then(StepsBackTo(InvoiceStatus.Expired));

    [Fact]
    public void A_paid_invoice_whose_payment_is_lost_while_late_money_stands_is_late_paid() =>
        Given(Due(1_000), Deep("a", 1_000), WindowCloses, Deep("b", 1_000)).When(Dropped("a"))
            .Then(StepsBackTo(InvoiceStatus.LatePaid), Books(invoice: 1_000));

    [Fact]
    public void A_payment_that_comes_back_takes_nothing_back_from_an_underpaid_invoice() =>
        Given(Due(1_000), Deep("a", 400), Saw("b", 600), Dropped("b"), WindowCloses).Then(Is(InvoiceStatus.Underpaid))
            .When(BackInMempool("b")).Then(Is(InvoiceStatus.Underpaid), Tells())
            .When(Deep("b")).Then(Is(InvoiceStatus.Paid), Tells("paid", "exception_resolved"));

    [Fact]
    public void A_payment_that_comes_back_does_not_unpay_an_invoice_that_was_accepted_with_less() =>
        Given(Due(1_000, less: AmountPolicy.Accept), Deep("a", 400), Saw("b", 600), Dropped("b"), WindowCloses)
            .Then(Is(InvoiceStatus.Paid))
            .When(BackInMempool("b")).Then(Is(InvoiceStatus.Paid), Tells())
            .When(BackInMempool("a")).Then(StepsBackTo(InvoiceStatus.Detected));

    [Fact]
    public void A_payment_that_comes_back_into_a_block_takes_nothing_back_from_a_late_paid_invoice() =>
        Given(Due(1_000), Saw("a", 1_000), Dropped("a"), WindowCloses, Deep("b", 5)).Then(Is(InvoiceStatus.LatePaid))
            .When(Mined("a")).Then(Is(InvoiceStatus.LatePaid), Tells())
            .When(Blocks(2)).Then(Is(InvoiceStatus.Overpaid), Books(available: 1_000, overpaid: 5));

    [Fact]
    public void More_transfers_than_one_commit_takes_are_taken_in_several() =>
        Given(Due(1_000)).When(AtOnce(Many(40, each: 25)))
            .Then(Takes(commits: 5), Is(InvoiceStatus.Detected), Has(1_000, 0))
            .When(AtOnce(Enumerable.Range(0, 40).Select(i => Mined("t" + i)).ToArray()), Blocks(3))
            .Then(Is(InvoiceStatus.Paid), Books(available: 1_000));

    [Fact]
    public void Exactly_as_many_transfers_as_one_commit_takes_are_taken_in_one() =>
        Given(Due(1_000)).When(AtOnce(Many(8, each: 1))).Then(Takes(commits: 1));

    [Fact]
    public void The_window_does_not_close_before_the_last_transfer_of_the_view_is_booked() =>
        Given(Due(1_000)).When(AtOnce([.. Many(30, each: 40, Ether), Saw("the one that counts", 1_000), WindowCloses]))
            .Then(Takes(commits: 4), Is(InvoiceStatus.Detected), Tells("payment_detected"));

    [Fact]
    public void Five_thousand_transfers_to_one_address_do_not_wedge_it()
    {
        Assert.SkipWhen(Cases.AreFew, "it is longer than all other tests together");
        Given(Due(1_000)).When(AtOnce(Many(5_000, each: 1)))
            .Then(Is(InvoiceStatus.Detected), Has(5_000, 0), Takes(commits: 625));
    }

    private static Step[] Many(int count, long each, Asset? asset = null) =>
        Enumerable.Range(0, count).Select(i => Saw("t" + i, each, asset)).ToArray();
}
