using System.Numerics;
using System.Text.Json.Serialization;

namespace CoinPay.Core;

/// <summary>Something that happened in an invoice's life. A closed set: no other events exist.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(InvoiceCreated), "invoice_created")]
[JsonDerivedType(typeof(TransferSeen), "transfer_seen")]
[JsonDerivedType(typeof(TransferMoved), "transfer_moved")]
[JsonDerivedType(typeof(TransferConfirmed), "transfer_confirmed")]
[JsonDerivedType(typeof(TransferLost), "transfer_lost")]
[JsonDerivedType(typeof(PaymentWindowClosed), "payment_window_closed")]
[JsonDerivedType(typeof(PaymentDetected), "payment_detected")]
[JsonDerivedType(typeof(ConfirmationStarted), "confirmation_started")]
[JsonDerivedType(typeof(InvoicePaid), "invoice_paid")]
[JsonDerivedType(typeof(InvoiceUnderpaid), "invoice_underpaid")]
[JsonDerivedType(typeof(InvoiceOverpaid), "invoice_overpaid")]
[JsonDerivedType(typeof(InvoiceExpired), "invoice_expired")]
[JsonDerivedType(typeof(InvoicePaidLate), "invoice_paid_late")]
[JsonDerivedType(typeof(InvoiceCancelled), "invoice_cancelled")]
[JsonDerivedType(typeof(TransferAccepted), "transfer_accepted")]
[JsonDerivedType(typeof(TransferAttributed), "transfer_attributed")]
[JsonDerivedType(typeof(PaymentAccepted), "payment_accepted")]
[JsonDerivedType(typeof(TopUpRequested), "top_up_requested")]
[JsonDerivedType(typeof(LateRateJudged), "late_rate_judged")]
[JsonDerivedType(typeof(InvoiceFulfilled), "invoice_fulfilled")]
[JsonDerivedType(typeof(ExceptionOpened), "exception_opened")]
[JsonDerivedType(typeof(ExceptionResolved), "exception_resolved")]
[JsonDerivedType(typeof(ExceptionReopened), "exception_reopened")]
[JsonDerivedType(typeof(RecoveryRequested), "recovery_requested")]
[JsonDerivedType(typeof(RecoveryFailed), "recovery_failed")]
[JsonDerivedType(typeof(MoneyRecovered), "money_recovered")]
[JsonDerivedType(typeof(PaymentReverted), "payment_reverted")]
[JsonDerivedType(typeof(ViewPartlyApplied), "view_partly_applied")]
[JsonDerivedType(typeof(ViewApplied), "view_applied")]
[JsonDerivedType(typeof(AcceptanceSplit), "acceptance_split")]
[JsonDerivedType(typeof(AcceptancesLapsed), "acceptances_lapsed")]
[JsonDerivedType(typeof(MoneyKept), "money_kept")]
public abstract record InvoiceEvent(DateTimeOffset At) : IDomainEvent;

public sealed record InvoiceCreated(InvoiceTerms Terms, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>A transfer to the invoice's address appeared for the first time, in a block or not.</summary>
public sealed record TransferSeen(Transfer Transfer, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A known transfer is now in this block, or in none: it was mined, moved by a reorg, or returned to the mempool.
/// </summary>
public sealed record TransferMoved(string Key, BlockReference? Block, DateTimeOffset At) : InvoiceEvent(At)
{
    /// <summary>Base units that it brings in this block, if that changed: a token can keep another fee in another block.</summary>
    public BigInteger? Amount { get; init; }

    /// <summary>Whether it is unclear in this block, if that changed.</summary>
    public bool? IsAmbiguous { get; init; }
}

/// <summary>A transfer reached the depth that the invoice requires, judged by a head at this height.</summary>
public sealed record TransferConfirmed(string Key, long HeadHeight, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A transfer no longer counts: it was replaced (by <paramref name="ReplacedBy"/>, if known), or its block left the
/// chain.
/// </summary>
public sealed record TransferLost(string Key, TransferStatus How, DateTimeOffset At, string? ReplacedBy = null) : InvoiceEvent(At);

/// <summary>A complete poll that began after the price expired has ended: what it did not see is late.</summary>
public sealed record PaymentWindowClosed(DateTimeOffset CompletePollBeganAt, DateTimeOffset At) : InvoiceEvent(At);

public sealed record PaymentDetected(DateTimeOffset At) : InvoiceEvent(At);

public sealed record ConfirmationStarted(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoicePaid(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceUnderpaid(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceOverpaid(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceExpired(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoicePaidLate(DateTimeOffset At) : InvoiceEvent(At);

public sealed record InvoiceCancelled(string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>A person accepted a transfer with less depth than the policy requires.</summary>
public sealed record TransferAccepted(string Key, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>A person decided that a transfer of unclear ownership belongs to this invoice.</summary>
public sealed record TransferAttributed(string Key, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A person accepted what arrived as the price: these amounts of the asset that is due and of another asset, if any.
/// </summary>
public sealed record PaymentAccepted(
    BigInteger Amount, string? OtherAssetId, BigInteger OtherAmount, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A person kept money in another asset although the price was paid without it: <paramref name="Amount"/> is all of
/// that asset so far.
/// </summary>
public sealed record MoneyKept(string AssetId, BigInteger Amount, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>A person accepted more transfers than one commit holds: the next commits accept the rest.</summary>
public sealed record AcceptanceSplit(ExceptionType Type, string AssetId, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// The accepted money was gone for longer than <see cref="ExceptionRules.MaxLoss"/>: if it comes back, a person decides
/// again.
/// </summary>
public sealed record AcceptancesLapsed(DateTimeOffset At) : InvoiceEvent(At);

/// <summary>The chain shows more changes than one commit holds: nothing follows from them until all are booked.</summary>
public sealed record ViewPartlyApplied(DateTimeOffset At) : InvoiceEvent(At);

/// <summary>All changes that the chain shows are booked.</summary>
public sealed record ViewApplied(DateTimeOffset At) : InvoiceEvent(At);

/// <summary>The customer was asked for the rest; payments until then are on time, at the locked price.</summary>
public sealed record TopUpRequested(DateTimeOffset Until, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// Late money was judged by how far the rate has moved since it was locked. <paramref name="Now"/> is null if the price
/// is in the asset itself, so that no rate can move.
/// </summary>
public sealed record LateRateJudged(bool IsAccepted, Rate? Now, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>The goods went out under the invoice's one fulfilment key.</summary>
public sealed record InvoiceFulfilled(string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>The payment has a problem that a person, or the chain, has to resolve.</summary>
public sealed record ExceptionOpened(ExceptionType Type, string AssetId, BigInteger Amount, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// An exception ended: by a person's <paramref name="Action"/>, or, if that is null, because its cause no longer
/// exists.
/// </summary>
/// <param name="Number">The version at which it opened.</param>
/// <param name="Amount">The amount that was decided about, in base units.</param>
public sealed record ExceptionResolved(
    int Number, BigInteger Amount, ExceptionAction? Action, string? Note, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// A person took back a decision about an exception, which is open again and now concerns this <paramref name="Amount"/>.
/// </summary>
public sealed record ExceptionReopened(int Number, BigInteger Amount, string? Note, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>
/// The merchant confirmed that it controls the settlement address on another network, so the exception's money is sent
/// there.
/// </summary>
public sealed record RecoveryRequested(
    int Number, string Network, string SettlementAddress, string By, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>An attempt to move the money of an exception moved nothing. The gateway will retry.</summary>
public sealed record RecoveryFailed(int Number, string Reason, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>The money of an exception is at the merchant's settlement address on the network it arrived on.</summary>
/// <param name="Amount">Base units that no earlier recovery had moved.</param>
public sealed record MoneyRecovered(
    int Number, string Network, string AssetId, BigInteger Amount, string? TransactionHash, DateTimeOffset At)
    : InvoiceEvent(At);

/// <summary>The chain took back money that had counted; the invoice moves back to <paramref name="To"/>.</summary>
public sealed record PaymentReverted(InvoiceStatus To, DateTimeOffset At) : InvoiceEvent(At);

/// <summary>The webhooks that merchants receive for events.</summary>
public static class InvoiceEvents
{
    /// <summary>Returns the webhook type of an event; null if only the timeline shows it.</summary>
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
        ExceptionOpened or ExceptionReopened => "invoice.exception_opened",
        ExceptionResolved => "invoice.exception_resolved",
        TransferSeen or TransferMoved or TransferConfirmed or TransferLost or TransferAccepted or TransferAttributed => null,
        PaymentWindowClosed or PaymentAccepted or MoneyKept or TopUpRequested or LateRateJudged or InvoiceFulfilled => null,
        ViewPartlyApplied or ViewApplied or AcceptanceSplit or AcceptancesLapsed => null,
        RecoveryRequested or RecoveryFailed or MoneyRecovered => null,
        _ => throw new BugException("event " + happened.GetType().Name),
    };
}
