using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>The words of the HTTP contract: what merchants' code compares with.</summary>
public sealed class StatusWordsTests
{
    [Theory]
    [InlineData(InvoiceStatus.Created, "created", "waiting_for_payment")]
    [InlineData(InvoiceStatus.Detected, "detected", "payment_received")]
    [InlineData(InvoiceStatus.Confirming, "confirming", "confirming")]
    [InlineData(InvoiceStatus.Paid, "paid", "complete")]
    [InlineData(InvoiceStatus.Underpaid, "underpaid", "issue_detected")]
    [InlineData(InvoiceStatus.Overpaid, "overpaid", "complete")]
    [InlineData(InvoiceStatus.Expired, "expired", "expired")]
    [InlineData(InvoiceStatus.LatePaid, "late_paid", "issue_detected")]
    [InlineData(InvoiceStatus.Refunded, "refunded", "issue_detected")]
    [InlineData(InvoiceStatus.Cancelled, "cancelled", "expired")]
    public void A_status_has_its_words(InvoiceStatus status, string text, string customer)
    {
        Assert.Equal(text, status.Text());
        Assert.Equal(customer, status.CustomerText());
        Assert.NotEmpty(status.NextAction());
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
