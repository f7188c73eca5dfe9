namespace CoinPay.Core;

/// <summary>What a timeline says of an event to a person: its name, who caused it and why it happened.</summary>
public static class EventWords
{
    /// <summary>Anyone may send a thousand coins; the rest is in the invoice and its timeline.</summary>
    private const int MaxExplained = 5;

    /// <summary>The event's name on the wire: <c>transfer_seen</c>, <c>invoice_paid</c>.</summary>
    public static string Name(this InvoiceEvent happened) => WireName.In<InvoiceEvent>(happened);

    /// <summary><c>merchant</c> or <c>key_…</c> for what was asked for, <c>chain</c> for what was seen, <c>gateway</c> for what follows by rule.</summary>
    public static string By(this InvoiceEvent happened) => happened switch
    {
        InvoiceCreated => "merchant",
        InvoiceCancelled cancelled => cancelled.By,
        TransferAccepted accepted => accepted.By,
        TransferAttributed attributed => attributed.By,
        PaymentAccepted accepted => accepted.By,
        TopUpRequested asked => asked.By,
        InvoiceFulfilled fulfilled => fulfilled.By,
        ExceptionResolved resolved => resolved.By,
        RecoveryRequested asked => asked.By,
        TransferSeen or TransferMoved or TransferConfirmed or TransferLost => "chain",
        _ => "gateway",
    };

    /// <summary>A sentence for a support person.</summary>
    public static string Why(this InvoiceEvent happened) => happened switch
    {
        InvoiceCreated created => $"{created.Terms.Due} {created.Terms.Due.Asset.Symbol} are due at {created.Terms.Address} until {created.Terms.ExpiresAt:u}.",
        TransferSeen { Transfer: var seen } => seen.Block is { } block
            ? $"Transaction {seen.TransactionHash} is in block {block.Height}; {OnTime(seen)}. {Brought(seen)}"
            : $"Transaction {seen.TransactionHash} is in the mempool; {OnTime(seen)}. {Brought(seen)}",
        TransferMoved { Block: { } block } moved => $"{moved.Key} is now in block {block.Height}.",
        TransferMoved moved => $"{moved.Key} is no longer in a block; it can be mined again.",
        TransferConfirmed confirmed => $"{confirmed.Key} is as deep as asked, with the head at {confirmed.HeadHeight}.",
        TransferLost { How: TransferStatus.Replaced, ReplacedBy: { } other } lost => $"{other} spent the inputs of {lost.Key}: it was replaced.",
        TransferLost { How: TransferStatus.Replaced } lost => $"{lost.Key} left the mempool and is in no block; no known transaction spent its inputs.",
        TransferLost lost => $"The block that held {lost.Key} left the chain, and no block holds it now.",
        PaymentWindowClosed closed => $"Everything up to {closed.CompletePollBeganAt:u} was checked: what arrives now is late.",
        PaymentDetected => "Money was seen, not yet enough of it in blocks.",
        ConfirmationStarted => "Enough money is in blocks, not yet as deep as asked.",
        InvoicePaid => "The price was met under the confirmation policy.",
        InvoiceUnderpaid => "The price expired with less than is due, all of it confirmed.",
        InvoiceOverpaid => "More than the price was confirmed.",
        InvoiceExpired => "The price expired and nothing had been seen.",
        InvoicePaidLate => "Money was confirmed that came too late.",
        InvoiceCancelled => "It was withdrawn before anything was seen.",
        PaymentReverted reverted => $"Money that had counted was taken away by the chain: back to {reverted.To.Text()}.",
        TransferAccepted accepted => $"{accepted.Key} was accepted with fewer confirmations than the policy asks for.",
        TransferAttributed attributed => $"{attributed.Key} was found to be for this invoice.",
        PaymentAccepted => "What arrived was accepted as the price.",
        TopUpRequested asked => $"The customer was asked for the rest: what comes until {asked.Until:u} is on time.",
        LateRateJudged { Now: null } => "The price is in the asset itself: late money is as good as money on time.",
        LateRateJudged judged => $"The rate is {judged.Now!.Value} now: late money is {(judged.IsAccepted ? "accepted" : "held")}.",
        InvoiceFulfilled => "The goods went out under the fulfilment key.",
        ExceptionOpened opened => $"{opened.Amount} base units of {opened.AssetId}: {opened.Type.Meaning()}",
        ExceptionResolved { Action: null } => "The cause of the exception is gone.",
        ExceptionResolved resolved => $"It was decided: {resolved.Action!.Value.Text()}{(resolved.Note is null ? "." : $" ({resolved.Note}).")}",
        RecoveryRequested asked => $"The merchant controls {asked.SettlementAddress} on {asked.Network} too: what came there is moved to it.",
        RecoveryFailed failed => $"Money on another network could not be moved, and is tried again: {failed.Reason.TrimEnd('.')}.",
        MoneyRecovered { TransactionHash: { } by } moved => $"Transaction {by} on {moved.Network} brought {moved.Amount} base units of {moved.AssetId} to the settlement address.",
        MoneyRecovered moved => $"{moved.Amount} base units of {moved.AssetId} have left for the settlement address on {moved.Network}.",
        _ => throw new BugException("event " + happened.GetType().Name),
    };

    /// <summary><c>wrong_network</c>, as on the wire.</summary>
    public static string Text(this ExceptionType type) => WireName.Of(type);

    /// <summary><c>accept_as_paid</c>, as on the wire.</summary>
    public static string Text(this ExceptionAction action) => WireName.Of(action);

    /// <summary>What an exception of this type means, for a person.</summary>
    public static string Meaning(this ExceptionType type) => type switch
    {
        ExceptionType.Underpaid => "less than the price arrived before it expired.",
        ExceptionType.Overpaid => "more than the price came, and the merchant wants to look first.",
        ExceptionType.Late => "money came after the price had expired or the invoice was cancelled.",
        ExceptionType.WrongNetwork => "money came to the address on another network.",
        ExceptionType.WrongAsset => "money came in another asset than the one that is due.",
        ExceptionType.Reorged => "the goods went out, and a reorg took the payment away.",
        ExceptionType.Replaced => "the payer spent the money in another transaction.",
        ExceptionType.Stalled => "the payment has not become as deep as asked within the limit.",
        ExceptionType.Ambiguous => "it cannot be told whose the money is, or which transaction brought it.",
        _ => throw new BugException("exception " + type),
    };

    /// <summary>Why an invoice is in its state, for a support person: its status, and what is open about it.</summary>
    /// <param name="state">The invoice as it stands.</param>
    /// <param name="assetOf">What is known of an asset id, so that other money than the due is told in its own unit.</param>
    public static string Explanation(this Invoice state, Func<string, Asset?> assetOf)
    {
        InvoiceTerms terms = state.Terms;
        Amount seen = terms.Due with { Base = state.Seen };
        Amount confirmed = terms.Due with { Base = state.Confirmed };
        string money = $"{seen} of {terms.Due} {terms.Due.Asset.Symbol} seen, {confirmed} confirmed.";
        IEnumerable<string> open = state.Exceptions
            .Where(known => known.IsOpen)
            .Select(known => $"Open exception {known.Type.Text()}: {known.Type.Meaning()}");
        IEnumerable<string> transfers = state.Transfers.Values
            .Select(transfer => Peculiarity(state, transfer, assetOf)).OfType<string>().Take(MaxExplained);
        return string.Join(' ', [$"{Capital(state.Status.Text())}: {Meaning(state)}", money, .. transfers, .. open]);
    }

    /// <summary>What a person who asks for a payment has to know of one that does not count as it came, or null.</summary>
    private static string? Peculiarity(Invoice state, Transfer transfer, Func<string, Asset?> assetOf) => transfer switch
    {
        { Status: TransferStatus.Replaced, ReplacedBy: { } other } => $"Transaction {transfer.TransactionHash} was replaced by {other}.",
        { Status: TransferStatus.Replaced } => $"Transaction {transfer.TransactionHash} left the mempool and is in no block.",
        { Status: TransferStatus.Reorged } => $"Transaction {transfer.TransactionHash} lost its block to a reorg.",
        _ when transfer.AssetId != state.Terms.Due.Asset.Id => $"Transaction {transfer.TransactionHash} did not bring what is due. {Brought(transfer, assetOf(transfer.AssetId))}",
        { OnTime: false } when transfer.FirstSeenAt > state.WindowEndsAt =>
            $"Transaction {transfer.TransactionHash} was seen at {transfer.FirstSeenAt:u}, and {state.WindowEndsAt:u} was the end.",
        _ => null,
    };

    private static string Brought(Transfer transfer, Asset? asset = null)
    {
        string amount = asset is null ? $"{transfer.Amount} base units of {transfer.AssetId}" : $"{new Amount(asset, transfer.Amount)} {asset.Symbol}";
        return $"It brought {amount}{(transfer.WrongNetwork is { } other ? $" on {other}" : "")}.";
    }

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..].Replace('_', ' ');

    private static string Meaning(Invoice state) =>
        state.Status == InvoiceStatus.Created && state.Transfers.Values.Any(transfer => state.IsDue(transfer) && !transfer.Stands)
            ? "the payment that was seen no longer counts."
            : state.Status.Meaning();

    private static string Meaning(this InvoiceStatus status) => status switch
    {
        InvoiceStatus.Created => "no payment was seen yet.",
        InvoiceStatus.Detected => "money was seen, not yet enough of it in blocks.",
        InvoiceStatus.Confirming => "enough money is in blocks, not yet as deep as asked.",
        InvoiceStatus.Paid => "the price was met under the confirmation policy, or a person took what came.",
        InvoiceStatus.Underpaid => "the price expired with less than is due, all of it confirmed.",
        InvoiceStatus.Overpaid => "more than the price was confirmed.",
        InvoiceStatus.Expired => "the price expired and nothing on time was seen.",
        InvoiceStatus.LatePaid => "money was confirmed that came too late or after cancellation.",
        InvoiceStatus.Refunded => "the money went back.",
        InvoiceStatus.Cancelled => "it was withdrawn before anything was seen.",
        _ => throw new BugException("status " + status),
    };

    private static string OnTime(Transfer transfer) => transfer.OnTime ? "on time" : "late";
}
