using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>The state of an invoice. Each state has one owner, one meaning and one next action.</summary>
public enum InvoiceStatus
{
    /// <summary>No payment has been seen.</summary>
    [JsonStringEnumMemberName("created")]
    Created,

    /// <summary>Money was seen, but not enough of it is in blocks yet.</summary>
    [JsonStringEnumMemberName("detected")]
    Detected,

    /// <summary>Enough is in blocks, but not deep enough yet.</summary>
    [JsonStringEnumMemberName("confirming")]
    Confirming,

    /// <summary>The price was met under the confirmation policy.</summary>
    [JsonStringEnumMemberName("paid")]
    Paid,

    /// <summary>The window closed with less than the price, all of it confirmed.</summary>
    [JsonStringEnumMemberName("underpaid")]
    Underpaid,

    /// <summary>More than the price was confirmed.</summary>
    [JsonStringEnumMemberName("overpaid")]
    Overpaid,

    /// <summary>The window closed before any payment was seen.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>Money that arrived after the window closed, or after cancellation, was confirmed.</summary>
    [JsonStringEnumMemberName("late_paid")]
    LatePaid,

    [JsonStringEnumMemberName("refunded")]
    Refunded,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>Each state's name on the wire, what the customer is shown, and what the merchant should do next.</summary>
public static class InvoiceStatuses
{
    public static string Text(this InvoiceStatus status) => WireName.Of(status);

    public static string CustomerText(this InvoiceStatus status) => Words(status).Customer;

    /// <summary>Returns what the customer is shown: for a held invoice, that there is an issue.</summary>
    public static string CustomerText(this Invoice state) =>
        state.IsHeld ? "issue_detected" : state.Status.CustomerText();

    public static string NextAction(this InvoiceStatus status) => Words(status).NextAction;

    /// <summary>Whose move it is: <c>customer</c>, <c>gateway</c> or <c>merchant</c>.</summary>
    public static string Owner(this InvoiceStatus status) => Words(status).Owner;

    /// <summary>Returns the status with this name, or null.</summary>
    public static InvoiceStatus? Parse(string text) => WireName.Find<InvoiceStatus>(text);

    private static (string Customer, string NextAction, string Owner) Words(InvoiceStatus status) => status switch
    {
        InvoiceStatus.Created => ("waiting_for_payment", "show_payment_instructions", "customer"),
        InvoiceStatus.Detected => ("payment_received", "wait_for_confirmations", "gateway"),
        InvoiceStatus.Confirming => ("confirming", "keep_monitoring", "gateway"),
        InvoiceStatus.Paid => ("complete", "fulfil_order", "merchant"),
        InvoiceStatus.Underpaid => ("issue_detected", "ask_for_top_up_or_review", "merchant"),
        InvoiceStatus.Overpaid => ("complete", "fulfil_order_and_review_excess", "merchant"),
        InvoiceStatus.Expired => ("expired", "create_new_invoice", "merchant"),
        InvoiceStatus.LatePaid => ("issue_detected", "review_late_payment", "merchant"),
        InvoiceStatus.Refunded => ("issue_detected", "none", "merchant"),
        InvoiceStatus.Cancelled => ("expired", "none", "merchant"),
        _ => throw new BugException("status " + status),
    };
}
