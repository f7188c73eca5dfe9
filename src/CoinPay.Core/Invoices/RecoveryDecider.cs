using System.Numerics;

namespace CoinPay.Core;

/// <summary>Decides how money on another network gets to the merchant: consent, attempts and bookkeeping.</summary>
internal static class RecoveryDecider
{
    /// <summary>
    /// Returns the recovery that follows from accepting money on another network, or null: the money is moved once the
    /// merchant has confirmed that it controls its settlement address there.
    /// </summary>
    public static RecoveryRequested? Request(Invoice state, InvoiceException exception, InvoiceCommand.ResolveException command) =>
        IsWanted(exception, command)
            ? new(
                exception.Number,
                state.Transfers.Values.First(transfer => IsThere(transfer, exception)).WrongNetwork!,
                SettlementAddressOf(state)!,
                command.By,
                command.At)
            : null;

    /// <summary>Returns why the merchant's consent is not valid, or null.</summary>
    public static Rejection? RefuseConsent(Invoice state, InvoiceException exception, InvoiceCommand.ResolveException command)
    {
        bool isNamed = string.Equals(
            command.ConfirmedSettlementAddress, SettlementAddressOf(state), StringComparison.OrdinalIgnoreCase);
        return IsWanted(exception, command) && !(isNamed && command.ConfirmedSettlementAddress is not null)
            ? new(
                RejectionReason.SettlementAddressNotConfirmed,
                "The money can go only to the invoice's settlement address: confirm that address if you control it on the other network too.")
            : null;
    }

    /// <summary>
    /// The address was empty: what had arrived by then is at the settlement address. Nothing is booked while a reorg
    /// has removed the money, because it can come back, or while any of it arrived later or is not deep enough itself.
    /// </summary>
    public static Decision Book(Invoice state, InvoiceCommand.BookRecovery command)
    {
        if (state.LastComplete is not null || FindPending(state, command.Number) is not { } exception)
            return new([]);
        List<Transfer> moved = state.Transfers.Values.Where(transfer => IsThere(transfer, exception)).ToList();
        bool isAllMoved = moved.TrueForAll(transfer =>
            transfer.Status == TransferStatus.Confirmed && transfer.Block?.Height <= command.EmptyAtHeight);
        if (moved.Count == 0 || !isAllMoved)
            return new([]);
        BigInteger booked = state.Recovered.GetValueOrDefault(exception.AssetId);
        BigInteger amount = BigInteger.Max(0, Invoice.Sum(moved) - booked);
        return new([new MoneyRecovered(
            exception.Number, exception.Recovery!.Network, exception.AssetId, amount, command.TransactionHash, command.At)]);
    }

    /// <summary>Records that an attempt moved nothing; the same reason is recorded once.</summary>
    public static Decision Note(Invoice state, InvoiceCommand.NoteRecoveryFailure command)
    {
        string reason = ShortText.Of(command.Reason);
        return FindPending(state, command.Number) is { } exception && exception.Recovery!.Failure != reason
            ? new([new RecoveryFailed(exception.Number, reason, command.At)])
            : new([]);
    }

    private static bool IsWanted(InvoiceException exception, InvoiceCommand.ResolveException command) =>
        exception.Type == ExceptionType.WrongNetwork && command.Action == ExceptionAction.AcceptAsPaid;

    private static InvoiceException? FindPending(Invoice state, int number) =>
        state.Exceptions.Find(known => known.Number == number && known.Recovery is { IsPending: true });

    private static bool IsThere(Transfer transfer, InvoiceException exception) =>
        transfer is { Stands: true, IsAmbiguous: false, WrongNetwork: not null } && transfer.AssetId == exception.AssetId;

    private static string? SettlementAddressOf(Invoice state) =>
        (state.Terms.Derivation as ForwarderDerivation)?.SettlementAddress;
}
