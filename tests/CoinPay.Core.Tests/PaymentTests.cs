using CoinPay.Core;
using Xunit;
using static CoinPay.Tests.Core.InvoiceExpectations;
using static CoinPay.Tests.Core.InvoiceSpec;
using static CoinPay.Tests.Core.InvoiceSteps;

namespace CoinPay.Tests.Core;

/// <summary>The way up: created, detected, confirming, paid, and what is too little or too much.</summary>
public sealed class PaymentTests
{
    [Fact]
    public void A_new_invoice_is_created_and_waits_for_its_deadline() =>
        Given().When(Due(1_000))
            .Then(Is(InvoiceStatus.Created), Tells("created"), Books(), NextDeadlineIs(InvoiceWorld.Opened + Window));

    [Fact]
    public void A_payment_in_the_mempool_is_detected() =>
        Given(Due(1_000)).When(Saw("a", 1_000))
            .Then(Is(InvoiceStatus.Detected), Tells("payment_detected"), Has(seen: 1_000, confirmed: 0), Books());

    [Fact]
    public void A_payment_stands_as_it_was_first_seen() =>
        Given(Due(1_000)).When(Saw("a", 400), Mined("b", 600))
            .Then(Stands("a", TransferStatus.Seen), Stands("b", TransferStatus.Confirming));

    [Fact]
    public void A_payment_in_a_block_is_confirming() =>
        Given(Due(1_000), Saw("a", 1_000)).When(Mined("a"))
            .Then(Is(InvoiceStatus.Confirming), Tells("confirming"), Stands("a", TransferStatus.Confirming), Books());

    [Fact]
    public void A_payment_one_block_short_of_the_policy_stays_confirming() =>
        Given(Due(1_000), Mined("a", 1_000)).When(Blocks(1)).Then(NothingHappens, Is(InvoiceStatus.Confirming));

    [Fact]
    public void A_payment_as_deep_as_the_policy_asks_pays() =>
        Given(Due(1_000), Mined("a", 1_000)).When(Blocks(2))
            .Then(Is(InvoiceStatus.Paid), Happens("TransferConfirmed", "InvoicePaid"), Has(1_000, 1_000),
                Books(available: 1_000));

    [Fact]
    public void A_payment_first_seen_deep_goes_through_every_step_in_order() =>
        Given(Due(1_000)).When(Deep("a", 1_000)).Then(Tells("payment_detected", "confirming", "paid"));

    [Fact]
    public void One_confirmation_is_the_block_itself() =>
        Given(Due(1_000, depth: "1")).When(Mined("a", 1_000)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void A_payment_in_parts_pays_when_the_last_part_is_deep() =>
        Given(Due(1_000), Deep("a", 400)).Then(Is(InvoiceStatus.Detected), Books(invoice: 400))
            .When(Mined("b", 600)).Then(Is(InvoiceStatus.Confirming), Books(invoice: 400))
            .When(Blocks(2)).Then(Is(InvoiceStatus.Paid), Books(available: 1_000));

    [Fact]
    public void Too_little_waits_while_the_price_stands() =>
        Given(Due(1_000)).When(Deep("a", 999)).Then(Is(InvoiceStatus.Detected), Tells("payment_detected"));

    [Fact]
    public void Too_little_is_underpaid_when_the_window_closes() =>
        Given(Due(1_000), Deep("a", 999)).When(WindowCloses)
            .Then(Is(InvoiceStatus.Underpaid), Tells("underpaid", "exception_opened"), Books(invoice: 999), NextDeadlineIs(null));

    [Fact]
    public void Too_little_that_is_not_deep_yet_is_underpaid_only_when_it_is() =>
        Given(Due(1_000), Mined("a", 999)).When(WindowCloses).Then(Is(InvoiceStatus.Detected))
            .When(Blocks(2)).Then(Is(InvoiceStatus.Underpaid));

    [Fact]
    public void Too_little_is_paid_for_a_merchant_who_accepts_it_but_not_before_the_window_closes() =>
        Given(Due(1_000, less: AmountPolicy.Accept, floor: 0.1m)).When(Deep("a", 1)).Then(Is(InvoiceStatus.Detected))
            .When(WindowCloses).Then(Is(InvoiceStatus.Paid), Books(available: 1));

    [Fact]
    public void Nothing_at_all_expires_even_for_a_merchant_who_accepts_too_little() =>
        Given(Due(1_000, less: AmountPolicy.Accept)).When(WindowCloses).Then(Is(InvoiceStatus.Expired));

    [Fact]
    public void Too_much_is_overpaid_and_the_excess_stands_apart() =>
        Given(Due(1_000)).When(Deep("a", 1_001))
            .Then(Is(InvoiceStatus.Overpaid), Tells("payment_detected", "confirming", "overpaid"),
                Books(available: 1_000, overpaid: 1));

    [Fact]
    public void A_second_payment_after_paid_makes_it_overpaid() =>
        Given(Due(1_000), Deep("a", 1_000)).When(Deep("b", 250))
            .Then(Is(InvoiceStatus.Overpaid), Tells("overpaid"), Books(available: 1_000, overpaid: 250));

    [Theory]
    [InlineData(990, InvoiceStatus.Paid)]
    [InlineData(989, InvoiceStatus.Detected)]
    [InlineData(1_020, InvoiceStatus.Paid)]
    [InlineData(1_021, InvoiceStatus.Overpaid)]
    public void The_tolerance_decides_what_still_is_the_price(long amount, InvoiceStatus expected) =>
        Given(Due(1_000, under: 1, over: 2)).When(Deep("a", amount)).Then(Is(expected));

    [Fact]
    public void Money_within_the_tolerance_is_all_the_merchants() =>
        Given(Due(1_000, over: 2)).When(Deep("a", 1_020)).Then(Books(available: 1_020));

    [Fact]
    public void A_tolerance_of_all_of_it_does_not_pay_an_invoice_with_nothing() =>
        Given().When(Due(1_000, under: 100), Blocks(5)).Then(Is(InvoiceStatus.Created), Tells("created"))
            .When(Deep("a", 1)).Then(Is(InvoiceStatus.Paid));

    [Fact]
    public void Another_asset_shows_but_does_not_count() =>
        Given(Due(1_000)).When(Deep("a", 1_000, Ether))
            .Then(Is(InvoiceStatus.Created), Tells("exception_opened"), Stands("a", TransferStatus.Confirmed), Has(0, 0), Books());

    [Fact]
    public void Another_asset_does_not_keep_an_invoice_from_expiring() =>
        Given(Due(1_000), Deep("a", 1_000, Ether)).When(WindowCloses).Then(Is(InvoiceStatus.Expired));

    [Fact]
    public void Seeing_the_same_again_changes_nothing() =>
        Given(Due(1_000), Deep("a", 1_000)).When(Minutes(1), Blocks(10)).Then(NothingHappens);
}
