using CoinPay.Core;

namespace CoinPay.Functions.Checkout;

/// <summary>What a payer is told: what is the case, and what to do.</summary>
internal sealed record CheckoutWords(string Title, string Message)
{
    /// <param name="phase">Where the payer stands.</param>
    /// <param name="asset">How the asset is called: <c>USDT</c>.</param>
    /// <param name="due">The price in the asset.</param>
    /// <param name="seen">What has come, in the asset.</param>
    public static CheckoutWords Of(CheckoutPhase phase, string asset, Amount due, Amount seen)
    {
        Amount missing = due > seen ? due - seen : due with { Base = 0 };
        Amount excess = seen > due ? seen - due : due with { Base = 0 };
        return phase switch
        {
            CheckoutPhase.Waiting => new(
                "Waiting for your payment",
                $"Send exactly {due} {asset} to the address below. A fee that your wallet or exchange takes comes on top."),
            CheckoutPhase.TimeIsUp => new(
                "The time to pay is over",
                "Please do not send anything now. If you have paid already, wait: we are checking whether your payment came in time."),
            CheckoutPhase.PartlyPaid => new(
                $"{missing} {asset} is still missing",
                $"{seen} of {due} {asset} has arrived. Send the missing {missing} {asset} to the same address before the time is up."),
            CheckoutPhase.PartlyPaidTimeIsUp => new(
                "Less than the price has arrived",
                $"{seen} of {due} {asset} has arrived and the time to pay is over. Please do not send the rest now: contact the shop, who can see your payment."),
            CheckoutPhase.Received => new(
                "We see your payment", "The network has yet to confirm it. You have nothing more to do and may close this page."),
            CheckoutPhase.Confirming => new(
                "Your payment is being confirmed", "You have nothing more to do and may close this page."),
            CheckoutPhase.Complete => new("Paid. Thank you!", "Your payment is complete and the shop has been told."),
            CheckoutPhase.Overpaid => new(
                "Paid. Thank you!",
                $"Your payment is complete. You sent {excess} {asset} more than was asked: contact the shop if you want it back."),
            CheckoutPhase.OverpaidHeld => new(
                "You paid more than was asked",
                $"{seen} {asset} has arrived, {excess} {asset} more than was asked. The shop will look at it before going on; contact them if you are in a hurry."),
            CheckoutPhase.Underpaid => new(
                "Less than the price has arrived",
                $"{seen} of {due} {asset} arrived in time; {missing} {asset} is missing. Please do not send the rest now: contact the shop, who can accept what came, ask you for the rest, or return it."),
            CheckoutPhase.Late => new(
                "Your payment came too late",
                $"{seen} {asset} arrived after the time to pay was over. It is not lost: the shop has it and decides what happens. Please contact them, and do not pay again."),
            CheckoutPhase.Refunded => new(
                "Your payment was returned", "The shop has sent the money back. Contact them if you have not got it."),
            CheckoutPhase.Expired => new(
                "This payment request has expired",
                "Please do not send anything now: the price has expired. Go back to the shop and start again. If you have paid already, contact the shop: late payments are seen."),
            CheckoutPhase.Cancelled => new(
                "This payment request was cancelled", "Please do not send anything. The shop has withdrawn it."),
            _ => throw new BugException("phase " + phase),
        };
    }

    /// <summary>
    /// What the payer should know besides, or null: money that came in another asset or on another network pays nothing
    /// by itself.
    /// </summary>
    public static string? NoticeOf(Invoice state) =>
        state.Exceptions.Any(known => known is { IsOpen: true, Type: ExceptionType.WrongAsset or ExceptionType.WrongNetwork })
            ? "Something else has arrived at this address: another asset, or money on another network. It does not pay this request. Please contact the shop."
            : null;
}
