namespace CoinPay.Functions.Checkout;

/// <summary>The payment instructions: amount, address, time left, QR code and the warning that saves the most money.</summary>
internal static class CheckoutPayment
{
    private const int SecondsAMinute = 60;

    /// <summary>Renders the instructions; when it is too late to pay, only price and network, so a late payer sees no address.</summary>
    public static Html Of(CheckoutDocument checkout) => checkout.Payment is { ToPay: { } amount, Uri: { } uri }
        ? Instructions(checkout, amount, uri)
        : Html.Of($"""<dl class="about"><div><dt>Price</dt><dd>{checkout.Payment.Amount} {checkout.Payment.Symbol}{InCurrency(checkout)}</dd></div><div><dt>Network</dt><dd>{checkout.Payment.NetworkName}</dd></div></dl>""");

    private static Html Instructions(CheckoutDocument checkout, string amount, string uri)
    {
        CheckoutDocument.PaymentPart payment = checkout.Payment;
        string what = $"{amount} {payment.Symbol} to {payment.Address} on {payment.NetworkName}";
        return Html.Of($"""
            <p class="left">Time left: <b role="timer" data-seconds="{checkout.SecondsLeft}">{TimeLeft(checkout.SecondsLeft)}</b></p>
            <dl>
            <div><dt>Amount</dt><dd><span class="value"><span class="amount" id="amount">{amount}</span> {payment.Symbol}{(amount == payment.Amount ? InCurrency(checkout) : Html.None)}</span> {Copy("amount")}</dd></div>
            <div><dt>Network</dt><dd>{payment.NetworkName}</dd></div>
            <div><dt>Address</dt><dd><span class="value address" id="address">{payment.Address}</span> {Copy("address")}</dd></div>
            {Contract(payment)}
            </dl>
            <p class="warning"><b>Send only {payment.Symbol}, and only on the {payment.NetworkName} network.</b> Anything else, or a transfer on another network, does not pay this request and may be lost.</p>
            <div class="scan">{PaymentQr.Draw(uri, "QR code for a payment of " + what)}
            <p><a class="button" href="{uri}">Open in a wallet</a></p></div>
            """);
    }

    private static Html InCurrency(CheckoutDocument checkout) =>
        checkout.Price.Currency == checkout.Payment.Symbol || checkout.Price.Currency == checkout.Payment.Asset
            ? Html.None
            : Html.Of($""" <span class="price">for {checkout.Price.Amount} {checkout.Price.Currency}</span>""");

    private static Html Contract(CheckoutDocument.PaymentPart payment) => payment.Contract is { } contract
        ? Html.Of($"""<div><dt>Token contract of {payment.Symbol}</dt><dd class="contract">{contract}</dd></div>""")
        : Html.None;

    /// <summary>Renders a copy button, hidden until checkout.js makes it work.</summary>
    private static Html Copy(string what) =>
        Html.Of($"""<button type="button" data-copy="{what}" aria-label="Copy the {what}" hidden>Copy</button>""");

    /// <summary>Returns a text such as <c>14 min 05 s</c>; checkout.js continues the countdown in the same format.</summary>
    private static string TimeLeft(long seconds)
    {
        (long minutes, long rest) = Math.DivRem(seconds, SecondsAMinute);
        (long hours, minutes) = Math.DivRem(minutes, SecondsAMinute);
        return hours > 0 ? $"{hours} h {minutes:00} min" : $"{minutes} min {rest:00} s";
    }
}
