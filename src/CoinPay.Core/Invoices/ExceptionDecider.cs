using System.Numerics;

namespace CoinPay.Core;

/// <summary>Decides what follows from a person's decision about an exception.</summary>
internal static class ExceptionDecider
{
    public static Decision Resolve(Invoice state, InvoiceCommand.ResolveException command)
    {
        if (state.Exceptions.Find(known => known.Number == command.Number) is not { } exception)
            return Decision.Refuse(RejectionReason.NotFound, "There is no such exception.");
        if (exception.Resolution is { } resolution)
            return resolution.Action == command.Action
                ? new([])
                : Decision.Refuse(RejectionReason.ExceptionResolved, "It is already resolved" + (resolution.Action is null ? ": its cause no longer exists." : "."));
        if (state.LastComplete is not null)
            return InvoiceDecider.NotYet;
        BigInteger amount = ExceptionRules.AmountNow(state, exception);
        if (command.ExpectedAmount is { } expected && expected != amount)
            return Decision.Refuse(
                RejectionReason.ExceptionChanged, $"It is about {amount} base units now, not {expected}: read it again, then decide.");
        if (!ExceptionRules.Actions(exception.Type).Contains(command.Action))
            return Decision.Refuse(RejectionReason.ActionNotAllowed, "This action is not allowed for an exception of this type.");
        if (command.Action == ExceptionAction.TopUpRequested && command.At > state.Terms.MonitorUntil - ExceptionRules.TopUpMargin)
            return Decision.Refuse(
                RejectionReason.NoLongerWatched, $"The address is watched only until {state.Terms.MonitorUntil:u}: the gateway might not see the rest.");
        if (RecoveryDecider.RefuseConsent(state, exception, command) is { } noConsent)
            return new([], noConsent);
        List<InvoiceEvent> consequences = Consequences(state, exception, command).ToList();
        if (command.Action == ExceptionAction.AcceptAsPaid && consequences.Count == 0)
            return Decision.Refuse(RejectionReason.NotAcceptable, "None of it is confirmed yet, so there is nothing to accept.");
        if (state.Acceptances.Count >= MaxAcceptances && consequences.Exists(consequence => consequence is PaymentAccepted))
            return Decision.Refuse(RejectionReason.NotAcceptable, "Too much different money was already accepted for this invoice.");
        bool isSplit = consequences.Count > InvoiceDecider.MaxTransfersPerCommit;
        Unfolding life = new(state);
        if (isSplit)
            life.Happens(new ViewPartlyApplied(command.At));
        if (RecoveryDecider.Request(state, exception, command) is { } recovery)
            life.Happens(recovery);
        life.Happens(new ExceptionResolved(exception.Number, amount, command.Action, command.Note, command.By, command.At));
        foreach (InvoiceEvent consequence in consequences.Take(InvoiceDecider.MaxTransfersPerCommit))
            life.Happens(consequence);
        if (isSplit)
            life.Happens(new AcceptanceSplit(exception.Type, exception.AssetId, command.By, command.At));
        else
            life.Follow(chain: null, command.At);
        return new(life.Events);
    }

    /// <summary>
    /// Only a decision that moved nothing can be taken back: accepted money may have shipped goods, and a customer may be
    /// paying the rest.
    /// </summary>
    public static Decision Reopen(Invoice state, InvoiceCommand.ReopenException command)
    {
        if (state.Exceptions.Find(known => known.Number == command.Number) is not { } exception)
            return Decision.Refuse(
                RejectionReason.NotReopenable, "It was resolved too long ago: the invoice has had too many other exceptions since.");
        if (exception.IsOpen)
            return new([]);
        if (state.LastComplete is not null)
            return InvoiceDecider.NotYet;
        if (exception.Resolution!.Action is not (ExceptionAction.Ignore or ExceptionAction.WriteOff))
            return Decision.Refuse(RejectionReason.NotReopenable, "Only an exception that was ignored or written off can be reopened.");
        if (state.Exceptions.Exists(known => known.IsOpen && known.Type == exception.Type && known.AssetId == exception.AssetId))
            return Decision.Refuse(RejectionReason.NotReopenable, "A newer exception about the same money is open: decide about that one.");
        Unfolding life = new(state);
        life.Happens(new ExceptionReopened(exception.Number, exception.Amount, command.Note, command.By, command.At));
        InvoiceException reopened = life.Now.Exceptions.Find(known => known.Number == exception.Number)!;
        if (ExceptionRules.CauseOf(life.Now, reopened) is not { } amount)
            return Decision.Refuse(RejectionReason.NotReopenable, "Its cause no longer exists, so there is nothing to decide.");
        return new([new ExceptionReopened(exception.Number, amount, command.Note, command.By, command.At)]);
    }

    /// <summary>Each that is needed costs a ledger line when the invoice becomes paid.</summary>
    private const int MaxAcceptances = 8;

    /// <summary>Returns the events about the transfers that a person accepted and that are not booked as accepted yet.</summary>
    public static IEnumerable<InvoiceEvent> Rest(Invoice state, DateTimeOffset at) =>
        state.Owed is { } owed ? OfTransfers(state, owed, at) : [];

    private static IEnumerable<InvoiceEvent> Consequences(Invoice state, InvoiceException exception, InvoiceCommand.ResolveException command) =>
        command.Action switch
        {
            ExceptionAction.AcceptAsPaid => Acceptance(state, exception, command),
            ExceptionAction.TopUpRequested => [new TopUpRequested(command.At + ExceptionRules.TopUpWindow, command.By, command.At)],
            ExceptionAction.WriteOff or ExceptionAction.Ignore => [],
            _ => throw new BugException("action " + command.Action),
        };

    private static IEnumerable<InvoiceEvent> Acceptance(Invoice state, InvoiceException exception, InvoiceCommand.ResolveException command)
    {
        switch (exception.Type)
        {
            case ExceptionType.Stalled or ExceptionType.Ambiguous:
                return OfTransfers(state, new(exception.Type, exception.AssetId, command.By), command.At);
            case ExceptionType.WrongNetwork or ExceptionType.WrongAsset:
                return OfOtherMoney(state, exception, command);
            default:
                return state.Confirmed.IsZero
                    ? []
                    : [new PaymentAccepted(state.Confirmed, null, 0, command.By, command.At)];
        }
    }

    /// <summary>Once the price is paid, other money is kept in addition to it and is no reason to be paid.</summary>
    private static IEnumerable<InvoiceEvent> OfOtherMoney(
        Invoice state, InvoiceException exception, InvoiceCommand.ResolveException command)
    {
        BigInteger other = state.ConfirmedOf(exception.AssetId);
        if (other.IsZero)
            return [];
        return state.IsPaid
            ? [new MoneyKept(exception.AssetId, other, command.By, command.At)]
            : [new PaymentAccepted(state.Confirmed, exception.AssetId, other, command.By, command.At)];
    }

    private static IEnumerable<InvoiceEvent> OfTransfers(Invoice state, OwedAcceptance accepted, DateTimeOffset at) =>
        accepted.Type == ExceptionType.Stalled
            ? state.Counted
                .Where(transfer => transfer.Status != TransferStatus.Confirmed)
                .Select(transfer => new TransferAccepted(transfer.Key, accepted.By, at))
            : state.Transfers.Values
                .Where(transfer => transfer is { Stands: true, IsAmbiguous: true } && transfer.AssetId == accepted.AssetId)
                .Select(transfer => new TransferAttributed(transfer.Key, accepted.By, at));
}
