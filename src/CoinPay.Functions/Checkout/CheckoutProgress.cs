using System.Globalization;

namespace CoinPay.Functions.Checkout;

/// <summary>Shows the progress of a payment in three steps and, if blocks are counted, a bar.</summary>
internal static class CheckoutProgress
{
    /// <summary>Renders the steps, or nothing if something other than waiting is needed.</summary>
    public static Html Of(CheckoutDocument checkout) => StepOf(checkout.Phase) is not { } now
        ? Html.None
        : Html.Of($"""
            <ol class="steps" aria-label="Progress">{Html.Of(Steps(now))}</ol>
            {(checkout.Phase == CheckoutPhase.Confirming ? Confirmations(checkout.Confirmations) : Html.None)}
            """);

    private static int? StepOf(CheckoutPhase phase) => phase switch
    {
        CheckoutPhase.Waiting or CheckoutPhase.TimeIsUp or CheckoutPhase.PartlyPaid => 0,
        CheckoutPhase.Received => 1,
        CheckoutPhase.Confirming => 2,
        CheckoutPhase.Complete or CheckoutPhase.Overpaid => 3,
        _ => null,
    };

    private static IEnumerable<Html> Steps(int now)
    {
        string[] steps = [now == 0 ? "Send" : "Sent", "Seen", "Confirmed"];
        for (int i = 0; i < steps.Length; i++)
            yield return i < now
                ? Html.Of($"""<li class="done">{steps[i]}<span class="hidden"> (done)</span></li>""")
                : i == now
                    ? Html.Of($"""<li class="now" aria-current="step">{steps[i]}</li>""")
                    : Html.Of($"<li>{steps[i]}</li>");
    }

    private static Html Confirmations(CheckoutDocument.ConfirmationPart confirmations)
    {
        if (confirmations.Required is not int required)
            return Html.Of($"<p>The network is finalizing it. This can take several minutes.</p>");
        long seen = Math.Min(required, confirmations.Seen ?? 0);
        string said = string.Create(CultureInfo.InvariantCulture, $"{seen} of {required} confirmations");
        return Html.Of($"""<p><progress max="{required}" value="{seen}" aria-label="Confirmations">{said}</progress><br>{said}</p>""");
    }
}
