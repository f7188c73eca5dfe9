using CoinPay.Core;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Checkout;

/// <summary>The text a payer sees: what has happened, and what to do.</summary>
internal sealed record CheckoutWords(string Title, string Message)
{
    /// <param name="phase">The phase of the payment.</param>
    /// <param name="asset">The asset's symbol, such as <c>USDT</c>.</param>
    /// <param name="due">The price in the asset.</param>
    /// <param name="seen">The amount that has arrived, in the asset.</param>
    public static CheckoutWords Of(CheckoutPhase phase, string asset, Amount due, Amount seen)
    {
        Amount missing = due > seen ? due - seen : due with { Base = 0 };
        Amount excess = seen > due ? seen - due : due with { Base = 0 };
        return phase switch
        {
            CheckoutPhase.Waiting => new(
                "Waiting for your payment",
                $"Send exactly {due} {asset} to the address below. Any fee your wallet or exchange charges is extra."),
            CheckoutPhase.TimeIsUp => new(
                "The time to pay has run out",
                "Please do not send anything now. If you have already paid, please wait: we are checking whether your payment arrived in time."),
            CheckoutPhase.PartlyPaid => new(
                $"{missing} {asset} is still missing",
                $"{seen} of {due} {asset} has arrived. Send the remaining {missing} {asset} to the same address before time runs out."),
            CheckoutPhase.PartlyPaidTimeIsUp => new(
                "Less than the price has arrived",
                $"{seen} of {due} {asset} has arrived and the time to pay has run out. Please do not send the rest now: contact the shop, which can see your payment."),
            CheckoutPhase.Received => new(
                "We see your payment", "The network still has to confirm it. There is nothing more to do, and you can close this page."),
            CheckoutPhase.Confirming => new(
                "Your payment is being confirmed", "There is nothing more to do, and you can close this page."),
            CheckoutPhase.Complete => new("Paid. Thank you!", "Your payment is complete and the shop has been notified."),
            CheckoutPhase.Overpaid => new(
                "Paid. Thank you!",
                $"Your payment is complete. You sent {excess} {asset} more than the price: contact the shop if you want it back."),
            CheckoutPhase.OverpaidHeld => new(
                "You paid more than the price",
                $"{seen} {asset} has arrived, {excess} {asset} more than the price. The shop will review it before continuing; contact them if you are in a hurry."),
            CheckoutPhase.Underpaid => new(
                "Less than the price has arrived",
                $"{seen} of {due} {asset} arrived in time; {missing} {asset} is missing. Please do not send the rest now: contact the shop, which can accept what arrived, ask you for the rest, or return the money."),
            CheckoutPhase.Late => new(
                "Your payment arrived too late",
                $"{seen} {asset} arrived after the time to pay had run out. It is not lost: the shop has it and decides what happens next. Please contact them, and do not pay again."),
            CheckoutPhase.Refunded => new(
                "Your payment was returned", "The shop has sent the money back. Contact them if you have not received it."),
            CheckoutPhase.Expired => new(
                "This payment request has expired",
                "Please do not send anything now: the price has expired. Go back to the shop and start again. If you have already paid, contact the shop, which can see late payments."),
            CheckoutPhase.Cancelled => new(
                "This payment request was cancelled", "Please do not send anything. The shop has withdrawn it."),
            _ => throw new BugException("phase " + phase),
        };
    }

    /// <summary>
    /// Returns anything else the payer should know, or null: money that arrived in another asset or on another network does not
    /// pay the invoice by itself; and while the network is unknown, a payment does not appear here.
    /// </summary>
    public static string? NoticeOf(Invoice state, CheckoutPhase phase, CheckoutDocument.PaymentPart payment)
    {
        bool isElsewhere = state.Exceptions.Any(known => known is { IsOpen: true, Type: ExceptionType.WrongAsset or ExceptionType.WrongNetwork });
        string[] notices =
        [
            isElsewhere
                ? "Something else has arrived at this address: a different asset, or money on a different network. It does not pay this request. Please contact the shop."
                : "",
            payment.NetworkStatus == NetworkStatus.Unknown && phase.IsMoving() ? Unread(phase, payment.NetworkName) : "",
        ];
        return string.Join(' ', notices.Where(text => text.Length > 0)) is { Length: > 0 } notice ? notice : null;
    }

    private static string Unread(CheckoutPhase phase, string network) => phase is CheckoutPhase.Received or CheckoutPhase.Confirming
        ? $"We cannot read the {network} network right now, so this page does not change. Your payment is not lost, and there is nothing you need to do."
        : $"We cannot read the {network} network right now. If you have already paid, please wait and do not pay again: your payment is not lost, and it appears here once we can read the network. If you have not paid yet, please wait until this message disappears.";
}
