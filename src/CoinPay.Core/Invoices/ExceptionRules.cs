using System.Numerics;

namespace CoinPay.Core;

/// <summary>
/// Decides which exceptions an invoice's state causes. Causes are levels: an exception opens if its cause holds and
/// nobody has decided about exactly that, and resolves itself when the cause no longer holds. At most one exception is
/// open per type and asset.
/// </summary>
public static class ExceptionRules
{
    /// <summary>How long a customer who was asked for the rest has to pay it at the old price.</summary>
    public static readonly TimeSpan TopUpWindow = TimeSpan.FromHours(24);

    /// <summary>
    /// The customer cannot be asked for the rest this shortly before the address's watch ends: an advance that has not seen the request yet
    /// could end the watch. Longer than any function runs.
    /// </summary>
    public static readonly TimeSpan TopUpMargin = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Accepted money that a reorg removed and that comes back within this time pays the invoice again: a reorg mines
    /// most transactions again soon. After this time, the acceptance lapses.
    /// </summary>
    public static readonly TimeSpan MaxLoss = TimeSpan.FromHours(24);

    /// <summary>
    /// Returns the actions allowed for an exception of this type. The list depends on nothing that time changes, because documents are
    /// frozen in lists and webhooks: <see cref="TopUpMargin"/> is checked only when the decision is made.
    /// </summary>
    public static IReadOnlyList<ExceptionAction> Actions(ExceptionType type) => type switch
    {
        ExceptionType.Underpaid =>
            [ExceptionAction.AcceptAsPaid, ExceptionAction.TopUpRequested, ExceptionAction.WriteOff, ExceptionAction.Ignore],
        ExceptionType.Late or ExceptionType.WrongNetwork or ExceptionType.WrongAsset or ExceptionType.Ambiguous =>
            [ExceptionAction.AcceptAsPaid, ExceptionAction.WriteOff, ExceptionAction.Ignore],
        ExceptionType.Overpaid or ExceptionType.Stalled => [ExceptionAction.AcceptAsPaid, ExceptionAction.Ignore],
        ExceptionType.Reorged or ExceptionType.Replaced => [ExceptionAction.WriteOff, ExceptionAction.Ignore],
        _ => throw new BugException("exception " + type),
    };

    /// <summary>Returns when an unconfirmed payment will have stalled, or null if none can stall any more.</summary>
    public static DateTimeOffset? StallsAt(Invoice state)
    {
        List<Transfer> waiting = Unconfirmed(state).ToList();
        bool isKnown = waiting.Count == 0 || IsJudged(state, new(ExceptionType.Stalled, state.Terms.Due.Asset.Id, Invoice.Sum(waiting)));
        return isKnown ? null : waiting.Min(transfer => transfer.FirstSeenAt) + state.Terms.ConfirmationLimit;
    }

    /// <summary>Returns the event that opens or resolves the next exception, or null.</summary>
    internal static InvoiceEvent? Next(Invoice state, ChainKnowledge? chain, DateTimeOffset at)
    {
        List<Cause> causes = Causes(state, chain).ToList();
        if (causes.Find(cause => !IsJudged(state, cause)) is { } news)
            return new ExceptionOpened(news.Type, news.AssetId, news.Amount, at);
        InvoiceException? over = state.Exceptions.FirstOrDefault(open => open.IsOpen && !causes.Exists(cause => cause.IsOf(open)));
        return over is null ? null : new ExceptionResolved(over.Number, over.Amount, null, null, "gateway", at);
    }

    /// <summary>Returns the amount that an exception concerns: of a resolved one, what was decided about.</summary>
    public static BigInteger AmountNow(Invoice state, InvoiceException exception) =>
        exception.IsOpen ? CauseOf(state, exception) ?? exception.Amount : exception.Amount;

    /// <summary>Returns the amount of an open exception's cause, or null if there is none any more.</summary>
    internal static BigInteger? CauseOf(Invoice state, InvoiceException open) =>
        Causes(state, null).FirstOrDefault(cause => cause.IsOf(open))?.Amount;

    /// <summary>
    /// Returns true if one is already open, or a person decided about this amount. A request for more money decides
    /// nothing for good, and neither does the acceptance of a depth: it ends when a reorg removes the payment.
    /// </summary>
    private static bool IsJudged(Invoice state, Cause cause) => state.Exceptions.Any(known => cause.IsOf(known)
        && (known.IsOpen || (known.Amount == cause.Amount && IsForGood(known))));

    private static bool IsForGood(InvoiceException resolved) => resolved.Resolution!.Action switch
    {
        null or ExceptionAction.TopUpRequested => false,
        ExceptionAction.AcceptAsPaid => resolved is { IsLapsed: false, Type: not ExceptionType.Stalled },
        _ => true,
    };

    private static IEnumerable<Cause> Causes(Invoice state, ChainKnowledge? chain) =>
        [.. OfTheStatus(state), .. OfOtherMoney(state), .. OfLostMoney(state), .. OfTime(state, chain)];

    private static IEnumerable<Cause> OfTheStatus(Invoice state)
    {
        BigInteger due = state.Terms.Due.Base;
        string asset = state.Terms.Due.Asset.Id;
        if (state.Status == InvoiceStatus.Underpaid)
            yield return new(ExceptionType.Underpaid, asset, state.Confirmed);
        if (state.Status == InvoiceStatus.Overpaid && state.Terms.Over == AmountPolicy.Hold)
            yield return new(ExceptionType.Overpaid, asset, state.Confirmed - due);
        if (state.Status == InvoiceStatus.LatePaid)
            yield return new(ExceptionType.Late, asset, state.Confirmed);
    }

    private static IEnumerable<Cause> OfOtherMoney(Invoice state) =>
        from transfer in state.Transfers.Values
        where transfer.Stands && transfer.Block is not null && !state.IsDue(transfer)
        group transfer by (Type: TypeOf(transfer), transfer.AssetId) into same
        orderby same.Key.Type, same.Key.AssetId
        select new Cause(same.Key.Type, same.Key.AssetId, Invoice.Sum(same));

    private static ExceptionType TypeOf(Transfer transfer) =>
        transfer.IsAmbiguous ? ExceptionType.Ambiguous
        : transfer.WrongNetwork is not null ? ExceptionType.WrongNetwork
        : ExceptionType.WrongAsset;

    private static IEnumerable<Cause> OfLostMoney(Invoice state)
    {
        InvoiceTerms terms = state.Terms;
        BigInteger missing = terms.Tolerance.Min(terms.Due.Base) - state.Seen;
        bool isSpentElsewhere = state.Transfers.Values.Any(transfer =>
            state.IsDue(transfer) && transfer is { Status: TransferStatus.Replaced, ReplacedBy: not null });
        bool isGoneAfterFulfilment = state.FulfilledAt is not null && !state.IsPaid;
        if (isSpentElsewhere && missing > 0 && !state.IsPaid)
            yield return new(ExceptionType.Replaced, terms.Due.Asset.Id, missing);
        else if (isGoneAfterFulfilment)
            yield return new(ExceptionType.Reorged, terms.Due.Asset.Id, BigInteger.Max(0, terms.Due.Base - state.Confirmed));
    }

    /// <summary>
    /// Time alone stalls nothing: a complete poll must have begun after the limit. An open stall stays while money is
    /// unconfirmed.
    /// </summary>
    private static IEnumerable<Cause> OfTime(Invoice state, ChainKnowledge? chain)
    {
        List<Transfer> waiting = Unconfirmed(state).ToList();
        bool hasStalled = state.Exceptions.Any(known => known is { IsOpen: true, Type: ExceptionType.Stalled });
        bool isOverdue = waiting.Exists(transfer => chain?.CompletePollBeganAt > transfer.FirstSeenAt + state.Terms.ConfirmationLimit);
        if (waiting.Count > 0 && (hasStalled || isOverdue))
            yield return new(ExceptionType.Stalled, state.Terms.Due.Asset.Id, Invoice.Sum(waiting));
    }

    private static IEnumerable<Transfer> Unconfirmed(Invoice state) =>
        state.Counted.Where(transfer => transfer.Status != TransferStatus.Confirmed);

    private sealed record Cause(ExceptionType Type, string AssetId, BigInteger Amount)
    {
        public bool IsOf(InvoiceException known) => known.Type == Type && known.AssetId == AssetId;
    }
}
