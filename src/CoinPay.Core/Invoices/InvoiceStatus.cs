namespace CoinPay.Core;

/// <summary>Where an invoice stands. One owner, one meaning and one next action each.</summary>
public enum InvoiceStatus
{
    /// <summary>No payment was seen.</summary>
    Created,

    /// <summary>Money was seen, not yet enough of it in blocks.</summary>
    Detected,

    /// <summary>Enough is in blocks, not yet deep enough.</summary>
    Confirming,

    /// <summary>The price was met under the confirmation policy.</summary>
    Paid,

    /// <summary>The window closed with less than the price, all of it confirmed.</summary>
    Underpaid,

    /// <summary>More than the price was confirmed.</summary>
    Overpaid,

    /// <summary>The window closed and nothing had been seen.</summary>
    Expired,

    /// <summary>Money was confirmed that came after the window closed, or after cancellation.</summary>
    LatePaid,

    Refunded,

    Cancelled,
}

/// <summary>
/// What each state is called on the wire, what the customer is told, and what the merchant should do next.
/// </summary>
public static class InvoiceStatuses
{
    public static string Text(this InvoiceStatus status) => Words(status).Text;

    public static string CustomerText(this InvoiceStatus status) => Words(status).Customer;

    /// <summary>What the customer is told of an invoice: of one that is held, that something is to be looked at.</summary>
    public static string CustomerText(this Invoice state) =>
        state.IsHeld ? "issue_detected" : state.Status.CustomerText();

    public static string NextAction(this InvoiceStatus status) => Words(status).NextAction;

    /// <summary>Whose move it is: <c>customer</c>, <c>gateway</c> or <c>merchant</c>.</summary>
    public static string Owner(this InvoiceStatus status) => Words(status).Owner;

    /// <summary>The status of this name, or null.</summary>
    public static InvoiceStatus? Parse(string text)
    {
        foreach (InvoiceStatus status in Enum.GetValues<InvoiceStatus>())
            if (status.Text() == text)
                return status;
        return null;
    }

    private static (string Text, string Customer, string NextAction, string Owner) Words(InvoiceStatus status) => status switch
    {
        InvoiceStatus.Created => ("created", "waiting_for_payment", "show_payment_instructions", "customer"),
        InvoiceStatus.Detected => ("detected", "payment_received", "wait_for_confirmations", "gateway"),
        InvoiceStatus.Confirming => ("confirming", "confirming", "keep_monitoring", "gateway"),
        InvoiceStatus.Paid => ("paid", "complete", "fulfil_order", "merchant"),
        InvoiceStatus.Underpaid => ("underpaid", "issue_detected", "ask_for_top_up_or_review", "merchant"),
        InvoiceStatus.Overpaid => ("overpaid", "complete", "fulfil_order_and_review_excess", "merchant"),
        InvoiceStatus.Expired => ("expired", "expired", "create_new_invoice", "merchant"),
        InvoiceStatus.LatePaid => ("late_paid", "issue_detected", "review_late_payment", "merchant"),
        InvoiceStatus.Refunded => ("refunded", "issue_detected", "none", "merchant"),
        InvoiceStatus.Cancelled => ("cancelled", "expired", "none", "merchant"),
        _ => throw new BugException("status " + status),
    };
}
