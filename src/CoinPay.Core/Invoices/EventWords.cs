namespace CoinPay.Core;

/// <summary>Describes an event to a person: its name, who caused it and why it happened.</summary>
public static class EventWords
{
    /// <summary>Anyone can send a thousand coins; the rest is in the invoice and its timeline.</summary>
    private const int MaxExplained = 5;

    /// <summary>The event's name on the wire: <c>transfer_seen</c>, <c>invoice_paid</c>.</summary>
    public static string Name(this InvoiceEvent happened) => WireName.In<InvoiceEvent>(happened);

    /// <summary>
    /// <c>merchant</c> or <c>key_…</c> for requests, <c>chain</c> for what the chain shows, <c>gateway</c> for what follows by rule.
    /// </summary>
    public static string By(this InvoiceEvent happened) => happened switch
    {
        InvoiceCreated => "merchant",
        InvoiceCancelled cancelled => cancelled.By,
        TransferAccepted accepted => accepted.By,
        TransferAttributed attributed => attributed.By,
        PaymentAccepted accepted => accepted.By,
        MoneyKept kept => kept.By,
        AcceptanceSplit split => split.By,
        TopUpRequested asked => asked.By,
        InvoiceFulfilled fulfilled => fulfilled.By,
        ExceptionResolved resolved => resolved.By,
        ExceptionReopened reopened => reopened.By,
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
        TransferMoved { Block: { } block, Amount: { } amount } moved =>
            $"{moved.Key} is now in block {block.Height}, where it brings {amount} base units.",
        TransferMoved { Block: { } block } moved => $"{moved.Key} is now in block {block.Height}.",
        TransferMoved moved => $"{moved.Key} is no longer in a block; it can be mined again.",
        TransferConfirmed confirmed => $"{confirmed.Key} reached the required depth with the chain head at {confirmed.HeadHeight}.",
        TransferLost { How: TransferStatus.Replaced, ReplacedBy: { } other } lost => $"{lost.Key} was replaced: {other} spent its inputs.",
        TransferLost { How: TransferStatus.Replaced } lost => $"{lost.Key} left the mempool and is in no block; no known transaction spent its inputs.",
        TransferLost lost => $"A reorg removed the block that held {lost.Key}; it is in no block now.",
        PaymentWindowClosed closed => $"The chain was checked up to {closed.CompletePollBeganAt:u}: money that arrives now is late.",
        PaymentDetected => "Money was seen, but not enough of it is in blocks yet.",
        ConfirmationStarted => "Enough money is in blocks, but not yet at the required depth.",
        InvoicePaid => "The price was met under the confirmation policy.",
        InvoiceUnderpaid => "The price expired with less than the amount due, all of it confirmed.",
        InvoiceOverpaid => "More than the price was confirmed.",
        InvoiceExpired => "The price expired before any payment was seen.",
        InvoicePaidLate => "Money that came too late was confirmed.",
        InvoiceCancelled => "It was cancelled before any payment was seen.",
        PaymentReverted reverted => $"The chain took back money that had counted: the invoice is {reverted.To.Text()} again.",
        TransferAccepted accepted => $"{accepted.Key} was accepted with fewer confirmations than the policy requires.",
        TransferAttributed attributed => $"{attributed.Key} was attributed to this invoice.",
        PaymentAccepted => "The money that arrived was accepted as full payment.",
        MoneyKept kept => $"The price was paid already: {kept.Amount} base units of {kept.AssetId} were kept in addition.",
        AcceptanceSplit => "More transfers were accepted than one commit holds: the rest of them follows.",
        AcceptancesLapsed => "The accepted money was gone for too long: if it comes back, a person decides again.",
        ViewPartlyApplied => "The chain shows more changes than one commit holds: nothing follows from them until all are booked.",
        ViewApplied => "All changes that the chain shows are booked.",
        TopUpRequested asked => $"The customer was asked for the rest: payments until {asked.Until:u} are on time.",
        LateRateJudged { Now: null } => "The price is in the asset itself, so late money is accepted.",
        LateRateJudged judged => $"The rate is {judged.Now!.Value} now: late money is {(judged.IsAccepted ? "accepted" : "held")}.",
        InvoiceFulfilled => "The goods went out under the fulfilment key.",
        ExceptionOpened opened => $"{opened.Amount} base units of {opened.AssetId}: {opened.Type.Meaning()}",
        ExceptionResolved { Action: null } => "The cause of the exception no longer exists.",
        ExceptionResolved resolved => $"The exception was resolved: {resolved.Action!.Value.Text()}{(resolved.Note is null ? "." : $" ({resolved.Note}).")}",
        ExceptionReopened reopened => $"The decision was taken back, and the exception is open again{(reopened.Note is null ? "." : $" ({reopened.Note}).")}",
        RecoveryRequested asked => $"The merchant controls {asked.SettlementAddress} on {asked.Network} too: money that arrived on that network is moved there.",
        RecoveryFailed failed => $"Money on another network could not be moved yet, and the gateway will retry: {failed.Reason.TrimEnd('.')}.",
        MoneyRecovered { TransactionHash: { } by } moved => $"Transaction {by} on {moved.Network} moved {moved.Amount} base units of {moved.AssetId} to the settlement address.",
        MoneyRecovered moved => $"{moved.Amount} base units of {moved.AssetId} were moved to the settlement address on {moved.Network}.",
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
        ExceptionType.Overpaid => "more than the price arrived, and the merchant wants to review it first.",
        ExceptionType.Late => "money arrived after the price had expired or the invoice was cancelled.",
        ExceptionType.WrongNetwork => "money arrived at the address on another network.",
        ExceptionType.WrongAsset => "money arrived in an asset other than the one that is due.",
        ExceptionType.Reorged => "the goods went out, and then a reorg removed the payment.",
        ExceptionType.Replaced => "the payer spent the money in another transaction.",
        ExceptionType.Stalled => "the payment did not reach the required depth within the limit.",
        ExceptionType.Ambiguous => "the gateway cannot tell whose money it is, or which transaction brought it.",
        _ => throw new BugException("exception " + type),
    };

    /// <summary>Explains an invoice's state to a support person: its status, and what is open about it.</summary>
    /// <param name="state">The invoice.</param>
    /// <param name="assetOf">
    /// Finds an asset by its id, so that money other than the due asset is shown in its own unit; null if it is
    /// unknown.
    /// </param>
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

    /// <summary>
    /// Explains a transfer that does not count in the way it arrived; null if there is nothing to explain.
    /// </summary>
    private static string? Peculiarity(Invoice state, Transfer transfer, Func<string, Asset?> assetOf) => transfer switch
    {
        { Status: TransferStatus.Replaced, ReplacedBy: { } other } => $"Transaction {transfer.TransactionHash} was replaced by {other}.",
        { Status: TransferStatus.Replaced } => $"Transaction {transfer.TransactionHash} left the mempool and is in no block.",
        { Status: TransferStatus.Reorged } => $"Transaction {transfer.TransactionHash} lost its block to a reorg.",
        _ when transfer.AssetId != state.Terms.Due.Asset.Id => $"Transaction {transfer.TransactionHash} did not bring the asset that is due. {Brought(transfer, assetOf(transfer.AssetId))}",
        { OnTime: false } when transfer.FirstSeenAt > state.WindowEndsAt =>
            $"Transaction {transfer.TransactionHash} was first seen at {transfer.FirstSeenAt:u}, after the deadline of {state.WindowEndsAt:u}.",
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
        InvoiceStatus.Created => "no payment has been seen yet.",
        InvoiceStatus.Detected => "money was seen, but not enough of it is in blocks yet.",
        InvoiceStatus.Confirming => "enough money is in blocks, but not yet at the required depth.",
        InvoiceStatus.Paid => "the price was met under the confirmation policy, or a person accepted what arrived.",
        InvoiceStatus.Underpaid => "the price expired with less than the amount due, all of it confirmed.",
        InvoiceStatus.Overpaid => "more than the price was confirmed.",
        InvoiceStatus.Expired => "the price expired and no payment was seen on time.",
        InvoiceStatus.LatePaid => "money that came too late or after cancellation was confirmed.",
        InvoiceStatus.Refunded => "the money was refunded.",
        InvoiceStatus.Cancelled => "it was withdrawn before any payment was seen.",
        _ => throw new BugException("status " + status),
    };

    private static string OnTime(Transfer transfer) => transfer.OnTime ? "on time" : "late";
}
