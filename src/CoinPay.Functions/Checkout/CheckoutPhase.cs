using System.Text.Json.Serialization;
using CoinPay.Core;
using CoinPay.Functions.Invoices;

namespace CoinPay.Functions.Checkout;

/// <summary>
/// The state of a payment from the payer's point of view. Each needs its own text; the six values of
/// <c>customer_status</c> are too few for that.
/// </summary>
internal enum CheckoutPhase
{
    /// <summary>No payment was seen, and there is time left.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>No payment was seen, the time is up, and the chain is being checked once more.</summary>
    [JsonStringEnumMemberName("time_is_up")]
    TimeIsUp,

    /// <summary>Less than the price was seen, and there is time left for the rest.</summary>
    [JsonStringEnumMemberName("partly_paid")]
    PartlyPaid,

    /// <summary>Less than the price was seen, and the time is up.</summary>
    [JsonStringEnumMemberName("partly_paid_time_is_up")]
    PartlyPaidTimeIsUp,

    /// <summary>Enough was seen, but not yet in blocks.</summary>
    [JsonStringEnumMemberName("received")]
    Received,

    [JsonStringEnumMemberName("confirming")]
    Confirming,

    [JsonStringEnumMemberName("complete")]
    Complete,

    /// <summary>More than the price was paid, and the goods ship.</summary>
    [JsonStringEnumMemberName("overpaid")]
    Overpaid,

    /// <summary>More than the price was paid, and the merchant reviews it first.</summary>
    [JsonStringEnumMemberName("overpaid_held")]
    OverpaidHeld,

    [JsonStringEnumMemberName("underpaid")]
    Underpaid,

    [JsonStringEnumMemberName("late")]
    Late,

    [JsonStringEnumMemberName("refunded")]
    Refunded,

    [JsonStringEnumMemberName("expired")]
    Expired,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>Determines the phase of an invoice, and what the payer can do in it.</summary>
internal static class CheckoutPhases
{
    /// <summary>Returns the phase at an instant of the server's clock.</summary>
    public static CheckoutPhase Of(InvoiceSummary invoice, DateTimeOffset now)
    {
        Invoice state = invoice.State;
        bool isOpen = now < state.WindowEndsAt && !state.WindowClosed;
        bool isEnough = invoice.Seen >= state.Terms.Tolerance.Min(state.Terms.Due.Base);
        return state.Status switch
        {
            InvoiceStatus.Created => isOpen ? CheckoutPhase.Waiting : CheckoutPhase.TimeIsUp,
            InvoiceStatus.Detected when isEnough => CheckoutPhase.Received,
            InvoiceStatus.Detected => isOpen ? CheckoutPhase.PartlyPaid : CheckoutPhase.PartlyPaidTimeIsUp,
            InvoiceStatus.Confirming => CheckoutPhase.Confirming,
            InvoiceStatus.Paid => CheckoutPhase.Complete,
            InvoiceStatus.Overpaid => state.IsHeld ? CheckoutPhase.OverpaidHeld : CheckoutPhase.Overpaid,
            InvoiceStatus.Underpaid => CheckoutPhase.Underpaid,
            InvoiceStatus.LatePaid => CheckoutPhase.Late,
            InvoiceStatus.Refunded => CheckoutPhase.Refunded,
            InvoiceStatus.Expired => CheckoutPhase.Expired,
            InvoiceStatus.Cancelled => CheckoutPhase.Cancelled,
            _ => throw new BugException("status " + state.Status),
        };
    }

    /// <summary>Returns true if the payer may still send money, so the page shows address and amount.</summary>
    public static bool MayPay(this CheckoutPhase phase) => phase is CheckoutPhase.Waiting or CheckoutPhase.PartlyPaid;

    /// <summary>Returns true if the phase can change within minutes, so polling is worthwhile.</summary>
    public static bool IsMoving(this CheckoutPhase phase) => phase
        is CheckoutPhase.Waiting or CheckoutPhase.TimeIsUp or CheckoutPhase.PartlyPaid or CheckoutPhase.PartlyPaidTimeIsUp
        or CheckoutPhase.Received or CheckoutPhase.Confirming;
}
