using System.Reflection;
using CoinPay.Core;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// The checkout page. When something changes, checkout.js replaces each element with <c>data-part</c> by its new version,
/// so that all text is written here and nowhere else.
/// </summary>
internal static class CheckoutPage
{
    /// <summary>How often the page polls while the payment is in progress, and otherwise.</summary>
    private const int MovingSeconds = 5;
    private const int RestingSeconds = 60;

    /// <summary>How often a browser without JavaScript reloads the page: less often, because a reload scrolls to the top.</summary>
    private const int ReloadSeconds = 20;

    private static readonly Html Style = ReadOwn("checkout.css");
    private static readonly Html Script = ReadOwn("checkout.js");

    /// <summary>Renders the page of an invoice.</summary>
    public static Html Of(CheckoutDocument checkout, string nonce)
    {
        bool isMoving = checkout.Phase.IsMoving();
        Html reload = isMoving
            ? Html.Of($"""<noscript><meta http-equiv="refresh" content="{ReloadSeconds}"></noscript>""")
            : Html.None;
        Html main = Html.Of($"""
            <main data-status="{checkout.Id}/status" data-revision="{checkout.Revision}" data-every="{(isMoving ? MovingSeconds : RestingSeconds)}">
            <header>{Shop(checkout)}{(checkout.Livemode ? Html.None : TestBadge)}</header>
            <div class="state {ToneOf(checkout.Phase)}" role="status" data-part="state">
            <h1>{checkout.Title}</h1>
            <p>{checkout.Message}</p>{Notice(checkout)}
            </div>
            <div data-part="body">{CheckoutPayment.Of(checkout)}{CheckoutProgress.Of(checkout)}</div>
            <div data-part="links">{Links(checkout)}</div>
            <p id="told" class="hidden" role="status"></p>
            </main>
            <script nonce="{nonce}">{Script}</script>
            """);
        return Document(checkout.Title, nonce, reload, main);
    }

    /// <summary>Renders the page for an unknown id.</summary>
    public static Html Unknown(string nonce) => Document("Not found", nonce, Html.None, Html.Of($"""
        <main><div class="state wrong"><h1>Payment request not found</h1>
        <p>The link may be incomplete or mistyped. Please do not send anything; go back to the shop and open the link again.</p></div></main>
        """));

    private static Html TestBadge => Html.Of($"""<p class="badge">Test: play money only</p>""");

    private static Html Shop(CheckoutDocument checkout) =>
        checkout.Shop is { } name ? Html.Of($"""<p class="shop">Payment to <b>{name}</b></p>""") : Html.None;

    private static Html Notice(CheckoutDocument checkout) =>
        checkout.Notice is { } notice ? Html.Of($"""<p class="notice">{notice}</p>""") : Html.None;

    private static Html Links(CheckoutDocument checkout)
    {
        Html again = checkout.Phase.IsMoving()
            ? Html.Of($"""<noscript><p><a href="{checkout.Id}">Reload now</a> (the page also reloads every {ReloadSeconds} seconds)</p></noscript>""")
            : Html.None;
        Html back = checkout.ReturnUrl is { } url
            ? Html.Of($"""<p class="back"><a href="{url}" rel="noreferrer">Back to {new Uri(url).Host}</a></p>""")
            : Html.None;
        return Html.Of($"{again}{back}");
    }

    private static string ToneOf(CheckoutPhase phase) => phase switch
    {
        CheckoutPhase.Waiting => "waiting",
        CheckoutPhase.TimeIsUp or CheckoutPhase.PartlyPaid or CheckoutPhase.PartlyPaidTimeIsUp => "attention",
        CheckoutPhase.Received or CheckoutPhase.Confirming => "moving",
        CheckoutPhase.Complete or CheckoutPhase.Overpaid => "good",
        CheckoutPhase.OverpaidHeld or CheckoutPhase.Underpaid or CheckoutPhase.Late or CheckoutPhase.Refunded => "attention",
        CheckoutPhase.Expired or CheckoutPhase.Cancelled => "wrong",
        _ => throw new BugException("phase " + phase),
    };

    private static Html Document(string title, string nonce, Html head, Html body) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{title}</title>
        <link rel="icon" href="data:,">
        {head}
        <style nonce="{nonce}">{Style}</style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """);

    private static Html ReadOwn(string name)
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new BugException("no resource " + name);
        using StreamReader reader = new(resource);
        return Html.Verbatim(reader.ReadToEnd());
    }
}
