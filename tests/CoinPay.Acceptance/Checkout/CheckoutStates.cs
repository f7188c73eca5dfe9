using CoinPay.Core;
using CoinPay.Testing.Gateway;

namespace CoinPay.Acceptance.Checkout;

/// <summary>One state that a payer can find the page in: how it comes about, and what must be said.</summary>
/// <param name="CustomerStatus">Of the contract's six.</param>
/// <param name="MayPay">Whether address and amount are shown.</param>
/// <param name="Says">Must stand on the page.</param>
internal sealed record CheckoutState(
    string CustomerStatus, bool MayPay, string[] Says, Func<Stage, IEnumerable<InvoiceEvent>> Events, bool Bitcoin = false, double Minutes = 29.5);

/// <summary>All of them, by name.</summary>
internal static class CheckoutStates
{
    public static IReadOnlyDictionary<string, CheckoutState> All { get; } = new Dictionary<string, CheckoutState>(StringComparer.Ordinal)
    {
        ["waiting"] = new(
            "waiting_for_payment", true, ["Waiting for your payment", "53.95188", "49.90 EUR", "Send only USDT, and only on the Anvil network", "Time left: 2"],
            _ => []),
        ["waiting-bitcoin"] = new(
            "waiting_for_payment", true, ["0.0125", "Send only BTC, and only on the Bitcoin regtest network"], _ => [], Bitcoin: true),
        ["time-is-up"] = new(
            "waiting_for_payment", false, ["The time to pay has run out", "do not send anything"], _ => [], Minutes: -1),
        ["wrong-asset"] = new(
            "waiting_for_payment", true, ["Something else has arrived at this address", "contact the shop"],
            stage => [new ExceptionOpened(ExceptionType.WrongAsset, "eip155:31337/slip44:60", 5, stage.Now)]),
        ["partly-paid"] = new(
            "payment_received", true, ["3.95188 USDT is still missing", "50 of 53.95188 USDT has arrived"],
            stage => [stage.Seen(50_000_000), new PaymentDetected(stage.Now)]),
        ["partly-paid-time-is-up"] = new(
            "payment_received", false, ["Less than the price has arrived", "do not send the rest"],
            stage => [stage.Seen(50_000_000), new PaymentDetected(stage.Now)], Minutes: -1),
        ["received"] = new(
            "payment_received", false, ["We see your payment", "nothing more to do"],
            stage => [stage.Seen(stage.Due), new PaymentDetected(stage.Now)]),
        ["confirming"] = new(
            "confirming", false, ["Your payment is being confirmed", "2 of 3 confirmations"],
            stage => [stage.Seen(stage.Due, Stage.Head - 1), new PaymentDetected(stage.Now), new ConfirmationStarted(stage.Now)]),
        ["complete"] = new(
            "complete", false, ["Paid. Thank you!", "Back to shop.example"],
            stage => [stage.Seen(stage.Due, 90), stage.Confirmed, new InvoicePaid(stage.Now)]),
        ["overpaid"] = new(
            "complete", false, ["Paid. Thank you!", "1.5 USDT more than the price"],
            stage => [stage.Seen(stage.Due + 1_500_000, 90), stage.Confirmed, new InvoiceOverpaid(stage.Now)]),
        ["underpaid"] = new(
            "issue_detected", false, ["50 of 53.95188 USDT arrived in time", "3.95188 USDT is missing", "contact the shop"],
            stage => [stage.Seen(50_000_000, 90), stage.Confirmed, stage.Closed, new InvoiceUnderpaid(stage.Now)]),
        ["late"] = new(
            "issue_detected", false, ["Your payment arrived too late", "do not pay again"],
            stage => [stage.Closed, stage.Seen(stage.Due, 90, onTime: false), stage.Confirmed, new InvoicePaidLate(stage.Now)]),
        ["expired"] = new(
            "expired", false, ["This payment request has expired", "can see late payments"],
            stage => [stage.Closed, new InvoiceExpired(stage.Now)], Minutes: -1),
        ["cancelled"] = new(
            "expired", false, ["was cancelled", "do not send anything"], stage => [new InvoiceCancelled("key_1", stage.Now)]),
    };
}
