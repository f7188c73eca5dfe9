using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>The words of the HTTP contract: what merchants' code compares with.</summary>
public sealed class StatusWordsTests
{
    [Theory]
    [InlineData(InvoiceStatus.Created, "created", "waiting_for_payment", "show_payment_instructions", "customer")]
    [InlineData(InvoiceStatus.Detected, "detected", "payment_received", "wait_for_confirmations", "gateway")]
    [InlineData(InvoiceStatus.Confirming, "confirming", "confirming", "keep_monitoring", "gateway")]
    [InlineData(InvoiceStatus.Paid, "paid", "complete", "fulfil_order", "merchant")]
    [InlineData(InvoiceStatus.Underpaid, "underpaid", "issue_detected", "ask_for_top_up_or_review", "merchant")]
    [InlineData(InvoiceStatus.Overpaid, "overpaid", "complete", "fulfil_order_and_review_excess", "merchant")]
    [InlineData(InvoiceStatus.Expired, "expired", "expired", "create_new_invoice", "merchant")]
    [InlineData(InvoiceStatus.LatePaid, "late_paid", "issue_detected", "review_late_payment", "merchant")]
    [InlineData(InvoiceStatus.Refunded, "refunded", "issue_detected", "none", "merchant")]
    [InlineData(InvoiceStatus.Cancelled, "cancelled", "expired", "none", "merchant")]
    public void A_status_has_its_words(
        InvoiceStatus status, string text, string customer, string nextAction, string owner)
    {
        Assert.Equal(text, status.Text());
        Assert.Equal(customer, status.CustomerText());
        Assert.Equal(nextAction, status.NextAction());
        Assert.Equal(owner, status.Owner());
        Assert.Equal(status, InvoiceStatuses.Parse(text));
    }

    [Fact]
    public void No_two_states_share_a_name() =>
        Assert.Distinct(Enum.GetValues<InvoiceStatus>().Select(status => status.Text()));

    [Theory]
    [InlineData("")]
    [InlineData("Paid")]
    [InlineData("unknown")]
    public void Another_word_is_no_status(string text) => Assert.Null(InvoiceStatuses.Parse(text));

    [Fact]
    public void A_number_outside_the_set_is_a_bug() => Assert.Throws<BugException>(() => ((InvoiceStatus)99).Text());
}
