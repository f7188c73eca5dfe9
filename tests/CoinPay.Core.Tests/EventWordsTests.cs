using CoinPay.Core;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>What a timeline says to a support person: what happened, who caused it, and why.</summary>
public sealed class EventWordsTests
{
    private static readonly DateTimeOffset At = InvoiceWorld.Opened;

    private static readonly BlockReference Block = new(7, "block", At);

    private static readonly Transfer Seen = new()
    {
        Key = "a.0",
        TransactionHash = "a",
        Ordinal = "0",
        AssetId = InvoiceSteps.Usdt.Id,
        Amount = 1,
        FirstSeenAt = At,
    };

    [Fact]
    public void A_new_invoice_says_what_is_due_where_and_until_when() =>
        Says(
            new InvoiceCreated(InvoiceSteps.Terms(1_500_000), At),
            "invoice_created by merchant: 1.5 USDT are due at 0x0000000000000000000000000000000000000001 until 2026-01-05 12:15:00Z.");

    [Fact]
    public void A_transfer_says_where_it_was_seen_and_whether_it_came_on_time()
    {
        Says(
            new TransferSeen(Seen with { Block = Block, OnTime = true }, At),
            "transfer_seen by chain: Transaction a is in block 7; on time. It brought 1 base units of " + InvoiceSteps.Usdt.Id + ".");
        Says(
            new TransferSeen(Seen with { AssetId = "ether", WrongNetwork = "anvil2" }, At),
            "transfer_seen by chain: Transaction a is in the mempool; late. It brought 1 base units of ether on anvil2.");
    }

    [Fact]
    public void A_transfer_that_moves_says_where_it_stands_now()
    {
        Says(new TransferMoved("a.0", Block, At), "transfer_moved by chain: a.0 is now in block 7.");
        Says(
            new TransferMoved("a.0", null, At),
            "transfer_moved by chain: a.0 is no longer in a block; it can be mined again.");
        Says(
            new TransferConfirmed("a.0", 9, At),
            "transfer_confirmed by chain: a.0 reached the required depth with the chain head at 9.");
    }

    [Fact]
    public void A_transfer_that_is_lost_says_how()
    {
        Says(
            new TransferLost("a.0", TransferStatus.Replaced, At, "b"),
            "transfer_lost by chain: a.0 was replaced: b spent its inputs.");
        Says(
            new TransferLost("a.0", TransferStatus.Replaced, At),
            "transfer_lost by chain: a.0 left the mempool and is in no block; no known transaction spent its inputs.");
        Says(
            new TransferLost("a.0", TransferStatus.Reorged, At),
            "transfer_lost by chain: A reorg removed the block that held a.0; it is in no block now.");
    }

    [Fact]
    public void What_follows_by_rule_is_the_gateways()
    {
        Says(
            new PaymentWindowClosed(At, At),
            "payment_window_closed by gateway: The chain was checked up to 2026-01-05 12:00:00Z: money that arrives now is late.");
        Says(new PaymentDetected(At), "payment_detected by gateway: Money was seen, but not enough of it is in blocks yet.");
        Says(new ConfirmationStarted(At), "confirmation_started by gateway: Enough money is in blocks, but not yet at the required depth.");
        Says(new InvoicePaid(At), "invoice_paid by gateway: The price was met under the confirmation policy.");
        Says(new InvoiceUnderpaid(At), "invoice_underpaid by gateway: The price expired with less than the amount due, all of it confirmed.");
        Says(new InvoiceOverpaid(At), "invoice_overpaid by gateway: More than the price was confirmed.");
        Says(new InvoiceExpired(At), "invoice_expired by gateway: The price expired before any payment was seen.");
        Says(new InvoicePaidLate(At), "invoice_paid_late by gateway: Money that came too late was confirmed.");
        Says(
            new ViewPartlyApplied(At),
            "view_partly_applied by gateway: The chain shows more changes than one commit holds: nothing follows from them until all are booked.");
        Says(new ViewApplied(At), "view_applied by gateway: All changes that the chain shows are booked.");
        Says(
            new AcceptancesLapsed(At),
            "acceptances_lapsed by gateway: The accepted money was gone for too long: if it comes back, a person decides again.");
        Says(
            new PaymentReverted(InvoiceStatus.Detected, At),
            "payment_reverted by gateway: The chain took back money that had counted: the invoice is detected again.");
    }

    [Fact]
    public void What_a_person_did_bears_the_persons_name()
    {
        Says(new InvoiceCancelled("key_1", At), "invoice_cancelled by key_1: It was cancelled before any payment was seen.");
        Says(
            new TransferAccepted("a.0", "key_1", At),
            "transfer_accepted by key_1: a.0 was accepted with fewer confirmations than the policy requires.");
        Says(new TransferAttributed("a.0", "key_1", At), "transfer_attributed by key_1: a.0 was attributed to this invoice.");
        Says(new PaymentAccepted(1, null, 0, "key_1", At), "payment_accepted by key_1: The money that arrived was accepted as full payment.");
        Says(
            new MoneyKept("ether", 7, "key_1", At),
            "money_kept by key_1: The price was paid already: 7 base units of ether were kept in addition.");
        Says(
            new AcceptanceSplit(ExceptionType.Stalled, "asset", "key_1", At),
            "acceptance_split by key_1: More transfers were accepted than one commit holds: the rest of them follows.");
        Says(
            new ExceptionReopened(2, 7, null, "key_1", At),
            "exception_reopened by key_1: The decision was taken back, and the exception is open again.");
        Says(
            new ExceptionReopened(2, 7, "misclick", "key_1", At),
            "exception_reopened by key_1: The decision was taken back, and the exception is open again (misclick).");
        Says(
            new TopUpRequested(At, "key_1", At),
            "top_up_requested by key_1: The customer was asked for the rest: payments until 2026-01-05 12:00:00Z are on time.");
        Says(new InvoiceFulfilled("key_1", At), "invoice_fulfilled by key_1: The goods went out under the fulfilment key.");
    }

    [Fact]
    public void A_judgement_of_late_money_says_by_which_rate()
    {
        Rate rate = new("1.02", "EUR/USDT", "test", At);
        Says(
            new LateRateJudged(true, null, At),
            "late_rate_judged by gateway: The price is in the asset itself, so late money is accepted.");
        Says(new LateRateJudged(true, rate, At), "late_rate_judged by gateway: The rate is 1.02 now: late money is accepted.");
        Says(new LateRateJudged(false, rate, At), "late_rate_judged by gateway: The rate is 1.02 now: late money is held.");
    }

    [Fact]
    public void An_exception_says_what_it_is_about_and_how_it_ended()
    {
        Says(
            new ExceptionOpened(ExceptionType.WrongAsset, "ether", 77, At),
            "exception_opened by gateway: 77 base units of ether: money arrived in an asset other than the one that is due.");
        Says(
            new ExceptionResolved(2, 77, null, null, "gateway", At),
            "exception_resolved by gateway: The cause of the exception no longer exists.");
        Says(
            new ExceptionResolved(2, 77, ExceptionAction.WriteOff, null, "key_1", At),
            "exception_resolved by key_1: The exception was resolved: write_off.");
        Says(
            new ExceptionResolved(2, 77, ExceptionAction.AcceptAsPaid, "called", "key_1", At),
            "exception_resolved by key_1: The exception was resolved: accept_as_paid (called).");
    }

    [Fact]
    public void A_recovery_says_who_agreed_what_hinders_it_and_what_brought_the_money()
    {
        Says(
            new RecoveryRequested(2, "anvil2", "0x1", "key_1", At),
            "recovery_requested by key_1: The merchant controls 0x1 on anvil2 too: money that arrived on that network is moved there.");
        Says(
            new RecoveryFailed(2, "No gas.", At),
            "recovery_failed by gateway: Money on another network could not be moved yet, and the gateway will retry: No gas.");
        Says(
            new MoneyRecovered(2, "anvil2", "usdt", 77, "0xf", At),
            "money_recovered by gateway: Transaction 0xf on anvil2 moved 77 base units of usdt to the settlement address.");
        Says(
            new MoneyRecovered(2, "anvil2", "usdt", 77, null, At),
            "money_recovered by gateway: 77 base units of usdt were moved to the settlement address on anvil2.");
    }

    [Theory]
    [InlineData(ExceptionType.Underpaid, "less than the price arrived before it expired.")]
    [InlineData(ExceptionType.Overpaid, "more than the price arrived, and the merchant wants to review it first.")]
    [InlineData(ExceptionType.Late, "money arrived after the price had expired or the invoice was cancelled.")]
    [InlineData(ExceptionType.WrongNetwork, "money arrived at the address on another network.")]
    [InlineData(ExceptionType.WrongAsset, "money arrived in an asset other than the one that is due.")]
    [InlineData(ExceptionType.Reorged, "the goods went out, and then a reorg removed the payment.")]
    [InlineData(ExceptionType.Replaced, "the payer spent the money in another transaction.")]
    [InlineData(ExceptionType.Stalled, "the payment did not reach the required depth within the limit.")]
    [InlineData(ExceptionType.Ambiguous, "the gateway cannot tell whose money it is, or which transaction brought it.")]
    public void An_exception_has_its_meaning(ExceptionType type, string meaning) => Assert.Equal(meaning, type.Meaning());

    [Theory]
    [InlineData(InvoiceStatus.Created, "Created: no payment has been seen yet.")]
    [InlineData(InvoiceStatus.Detected, "Detected: money was seen, but not enough of it is in blocks yet.")]
    [InlineData(InvoiceStatus.Confirming, "Confirming: enough money is in blocks, but not yet at the required depth.")]
    [InlineData(InvoiceStatus.Paid, "Paid: the price was met under the confirmation policy, or a person accepted what arrived.")]
    [InlineData(InvoiceStatus.Underpaid, "Underpaid: the price expired with less than the amount due, all of it confirmed.")]
    [InlineData(InvoiceStatus.Overpaid, "Overpaid: more than the price was confirmed.")]
    [InlineData(InvoiceStatus.Expired, "Expired: the price expired and no payment was seen on time.")]
    [InlineData(InvoiceStatus.LatePaid, "Late paid: money that came too late or after cancellation was confirmed.")]
    [InlineData(InvoiceStatus.Refunded, "Refunded: the money was refunded.")]
    [InlineData(InvoiceStatus.Cancelled, "Cancelled: it was withdrawn before any payment was seen.")]
    public void An_invoice_explains_its_status_and_its_money(InvoiceStatus status, string explanation) =>
        Assert.Equal(explanation + " 0 of 1.5 USDT seen, 0 confirmed.", (Opened() with { Status = status }).Explanation(AssetOf));

    [Fact]
    public void An_invoice_explains_the_exceptions_that_are_open_and_no_other()
    {
        Invoice state = Life(
            new TransferSeen(Seen with { Amount = 500_000 }, At),
            new TransferSeen(Seen with { Key = "b.0", Amount = 250_000, Status = TransferStatus.Confirmed }, At),
            new PaymentDetected(At),
            new ExceptionOpened(ExceptionType.Late, "asset", 1, At),
            new ExceptionResolved(5, 1, null, null, "gateway", At),
            new ExceptionOpened(ExceptionType.Stalled, "asset", 1, At));
        Assert.Equal(
            "Detected: money was seen, but not enough of it is in blocks yet. 0.75 of 1.5 USDT seen, 0.25 confirmed. "
            + "Open exception stalled: the payment did not reach the required depth within the limit.",
            state.Explanation(AssetOf));
    }

    [Fact]
    public void An_invoice_explains_what_became_of_money_that_does_not_count()
    {
        const string nothing = " 0 of 1.5 USDT seen, 0 confirmed.";
        Explains(
            "Created: the payment that was seen no longer counts." + nothing + " Transaction a was replaced by b.",
            new TransferSeen(Seen, At), new TransferLost("a.0", TransferStatus.Replaced, At, "b"));
        Explains(
            "Created: the payment that was seen no longer counts." + nothing + " Transaction a left the mempool and is in no block.",
            new TransferSeen(Seen, At), new TransferLost("a.0", TransferStatus.Replaced, At));
        Explains(
            "Created: the payment that was seen no longer counts." + nothing + " Transaction a lost its block to a reorg.",
            new TransferSeen(Seen with { Block = Block }, At), new TransferLost("a.0", TransferStatus.Reorged, At));
        Explains(
            "Created: no payment has been seen yet." + nothing
            + " Transaction a did not bring the asset that is due. It brought 1 base units of unknown on anvil2.",
            new TransferSeen(Seen with { AssetId = "unknown", WrongNetwork = "anvil2" }, At));
        Explains(
            "Created: no payment has been seen yet." + nothing + " Transaction a did not bring the asset that is due. It brought 0.25 ETH.",
            new TransferSeen(Seen with { AssetId = "ether", Amount = 250_000_000_000_000_000 }, At));
        Explains(
            "Created: no payment has been seen yet. 0.000001 of 1.5 USDT seen, 0 confirmed."
            + " Transaction a was first seen at 2026-01-05 12:16:00Z, after the deadline of 2026-01-05 12:15:00Z.",
            new TransferSeen(Seen with { FirstSeenAt = At.AddMinutes(16) }, At));
    }

    [Fact]
    public void Of_many_coins_that_anyone_sent_an_invoice_explains_a_few()
    {
        Invoice state = Life([.. Enumerable.Range(0, 9).Select(number => new TransferSeen(Seen with { Key = $"a.{number}", AssetId = "ether" }, At))]);
        Assert.Equal(5, state.Explanation(AssetOf).Split("It brought").Length - 1);
    }

    private static void Explains(string expected, params InvoiceEvent[] events) => Assert.Equal(expected, Life(events).Explanation(AssetOf));

    private static Asset? AssetOf(string id) => id == "ether" ? new(id, "ETH", 18) : null;

    private static void Says(InvoiceEvent happened, string expected) =>
        Assert.Equal(expected, $"{happened.Name()} by {happened.By()}: {happened.Why()}");

    private static Invoice Opened() => Life();

    private static Invoice Life(params InvoiceEvent[] events) =>
        events.Aggregate(Invoice.Evolve(null, new InvoiceCreated(InvoiceSteps.Terms(1_500_000), At)), Invoice.Evolve);
}
