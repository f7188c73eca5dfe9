namespace CoinPay.Core;

/// <summary>Something that happened in an invoice's life. A closed set: what is not here does not happen.</summary>
public abstract record InvoiceEvent(DateTimeOffset At);

public sealed record InvoiceCreated(InvoiceTerms Terms, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>A transfer to the invoice's address showed for the first time, in a block or not.</summary>
public sealed record TransferSeen(Transfer Transfer, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A known transfer stands in this block now, or in none: mined, moved by a reorg, or back in the mempool.
/// </summary>
public sealed record TransferMoved(string Key, BlockReference? Block, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>A transfer is as deep as the invoice asks, on the evidence of a head at this height.</summary>
public sealed record TransferConfirmed(string Key, long HeadHeight, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A transfer no longer stands: replaced (by <paramref name="ReplacedBy"/>, where that is known), or its block left the chain.
/// </summary>
public sealed record TransferLost(string Key, TransferStatus How, DateTimeOffset At, string? ReplacedBy = null) : InvoiceEvent(At);

/// <summary>A complete poll that began after the price expired has ended: what was not seen by then is late.</summary>
public sealed record PaymentWindowClosed(DateTimeOffset CompletePollBeganAt, DateTimeOffset At) : InvoiceEvent(At);

public sealed record PaymentDetected(DateTimeOffset At) : InvoiceEvent(At);

public sealed record ConfirmationStarted(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoicePaid(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceUnderpaid(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceOverpaid(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceExpired(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoicePaidLate(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceCancelled(string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// Money that had counted was taken away by the chain; the invoice moves back to <paramref name="To"/>.
/// </summary>
public sealed record PaymentReverted(InvoiceStatus To, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>What merchants hear of an event.</summary>
public static class InvoiceEvents
{
    /// <summary>The webhook type of an event; null for one that only the timeline shows.</summary>
    public static string? WebhookType(this InvoiceEvent happened) => happened switch
    {
        InvoiceCreated => "invoice.created",
        PaymentDetected => "invoice.payment_detected",
        ConfirmationStarted => "invoice.confirming",
        InvoicePaid => "invoice.paid",
        InvoiceUnderpaid => "invoice.underpaid",
        InvoiceOverpaid => "invoice.overpaid",
        InvoiceExpired => "invoice.expired",
        InvoicePaidLate => "invoice.late_paid",
        InvoiceCancelled => "invoice.cancelled",
        PaymentReverted => "invoice.payment_reverted",
        TransferSeen or TransferMoved or TransferConfirmed or TransferLost or PaymentWindowClosed => null,
        _ => throw new BugException("event " + happened.GetType().Name),
    };
}
