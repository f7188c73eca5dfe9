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
        Unfolding life = new(state);
        BigInteger amount = ExceptionRules.AmountNow(state, exception);
        if (RecoveryDecider.Request(state, exception, command) is { } recovery)
            life.Happens(recovery);
        life.Happens(new ExceptionResolved(exception.Number, amount, command.Action, command.Note, command.By, command.At));
        foreach (InvoiceEvent consequence in consequences)
            life.Happens(consequence);
        life.Follow(chain: null, command.At);
        return new(life.Events);
    }

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
        IEnumerable<Transfer> standing = state.Transfers.Values.Where(transfer => transfer.Stands);
        switch (exception.Type)
        {
            case ExceptionType.Stalled:
                return state.Counted
                    .Where(transfer => transfer.Status != TransferStatus.Confirmed)
                    .Select(transfer => new TransferAccepted(transfer.Key, command.By, command.At));
            case ExceptionType.Ambiguous:
                return standing
                    .Where(transfer => transfer.IsAmbiguous && transfer.AssetId == exception.AssetId)
                    .Select(transfer => new TransferAttributed(transfer.Key, command.By, command.At));
            case ExceptionType.WrongNetwork or ExceptionType.WrongAsset:
                BigInteger other = state.ConfirmedOf(exception.AssetId);
                return other.IsZero
                    ? []
                    : [new PaymentAccepted(state.Confirmed, exception.AssetId, other, command.By, command.At)];
            default:
                return state.Confirmed.IsZero
                    ? []
                    : [new PaymentAccepted(state.Confirmed, null, 0, command.By, command.At)];
        }
    }
}
