namespace CoinPay.Core;

/// <summary>What a timeline says of an event to a person: its name, who caused it and why it happened.</summary>
public static class EventWords
{
    /// <summary>The event's name on the wire: <c>transfer_seen</c>, <c>invoice_paid</c>.</summary>
    public static string Name(this InvoiceEvent happened) =>
        string.Concat(happened.GetType().Name.Select((letter, index) =>
            index > 0 && char.IsUpper(letter) ? "_" + char.ToLowerInvariant(letter) : char.ToLowerInvariant(letter).ToString()));

    /// <summary><c>merchant</c> or <c>key_…</c> for what was asked for, <c>chain</c> for what was seen, <c>gateway</c> for what follows by rule.</summary>
    public static string By(this InvoiceEvent happened) => happened switch
    {
        InvoiceCreated => "merchant",
        InvoiceCancelled cancelled => cancelled.By,
        TransferSeen or TransferMoved or TransferConfirmed or TransferLost => "chain",
        _ => "gateway",
    };

    /// <summary>A sentence for a support person.</summary>
    public static string Why(this InvoiceEvent happened) => happened switch
    {
        InvoiceCreated created => $"{created.Terms.Due} {created.Terms.Due.Asset.Symbol} are due at {created.Terms.Address} until {created.Terms.ExpiresAt:u}.",
        TransferSeen { Transfer: var seen } => seen.Block is { } block
            ? $"Transaction {seen.TransactionHash} stands in block {block.Height}; {OnTime(seen)}."
            : $"Transaction {seen.TransactionHash} is in the mempool; {OnTime(seen)}.",
        TransferMoved { Block: { } block } moved => $"{moved.Key} stands in block {block.Height} now.",
        TransferMoved moved => $"{moved.Key} stands in no block any more; it may be mined again.",
        TransferConfirmed confirmed => $"{confirmed.Key} is as deep as asked, with the head at {confirmed.HeadHeight}.",
        TransferLost { How: TransferStatus.Replaced } lost => $"{lost.Key} left the mempool and stands in no block: it was replaced.",
        TransferLost lost => $"The block that held {lost.Key} left the chain, and no block holds it now.",
        PaymentWindowClosed closed => $"Everything up to {closed.CompletePollBeganAt:u} was looked through: what comes now is late.",
        PaymentDetected => "Money was seen, not yet enough of it in blocks.",
        ConfirmationStarted => "Enough money is in blocks, not yet as deep as asked.",
        InvoicePaid => "The price was met under the confirmation policy.",
        InvoiceUnderpaid => "The price expired with less than is due, all of it confirmed.",
        InvoiceOverpaid => "More than the price was confirmed.",
        InvoiceExpired => "The price expired and nothing had been seen.",
        InvoicePaidLate => "Money was confirmed that came too late.",
        InvoiceCancelled => "It was withdrawn before anything was seen.",
        PaymentReverted reverted => $"Money that had counted was taken away by the chain: back to {reverted.To.Text()}.",
        _ => throw new BugException("event " + happened.GetType().Name),
    };

    private static string OnTime(Transfer transfer) => transfer.OnTime ? "on time" : "late";
}
