using System.Numerics;
using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Invoices.Exceptions;

/// <summary>
/// An exception as the contract shows it: its cause, its meaning, the possible decisions and the one that was made.
/// <paramref name="Amount"/> is null for an asset that is no longer listed.
/// </summary>
/// <param name="SettlementAddress">
/// For money on another network: the address it can be moved to, which the merchant confirms to control there.
/// </param>
internal sealed record ExceptionDocument(
    string Id,
    string Object,
    string Type,
    string Status,
    string Meaning,
    string InvoiceId,
    string? OrderId,
    string Asset,
    string? Symbol,
    string? Amount,
    string AmountBase,
    IReadOnlyList<string> Actions,
    DateTimeOffset OpenedAt,
    ResolutionDocument? Resolution,
    ReopeningDocument? Reopened,
    string? SettlementAddress,
    RecoveryDocument? Recovery)
{
    public static ExceptionDocument Of(Invoice state, InvoiceException exception, Networks networks)
    {
        InvoiceTerms terms = state.Terms;
        BigInteger amount = ExceptionRules.AmountNow(state, exception);
        Asset? asset = networks.FindAsset(exception.AssetId);
        return new(
            IdOf(terms.Id, exception),
            "exception",
            exception.Type.Text(),
            exception.IsOpen ? "open" : "resolved",
            exception.Type.Meaning(),
            terms.Id,
            terms.OrderId,
            exception.AssetId,
            asset?.Symbol,
            asset is null ? null : new Amount(asset, amount).ToString(),
            amount.ToString(),
            exception.IsOpen ? [.. ExceptionRules.Actions(exception.Type).Select(action => action.Text())] : [],
            exception.OpenedAt,
            exception.Resolution is { } over ? ResolutionDocument.Of(over) : null,
            exception.Reopening is { } back ? new(back.Note, back.By, back.At) : null,
            exception.Type == ExceptionType.WrongNetwork ? (terms.Derivation as ForwarderDerivation)?.SettlementAddress : null,
            exception.Recovery is { } recovery ? RecoveryDocument.Of(recovery, asset, networks) : null);
    }

    /// <summary>Returns it without its texts.</summary>
    public ExceptionDocument Folded() => this with
    {
        OrderId = null,
        Resolution = Resolution is null ? null : Resolution with { Note = null },
        Reopened = Reopened is null ? null : Reopened with { Note = null },
        Recovery = Recovery is null ? null : Recovery with { Failure = null },
    };

    /// <summary>Derives the exception's stable id from the invoice and the version at which the exception opened.</summary>
    public static string IdOf(string invoiceId, InvoiceException exception) =>
        Platform.Id.Derived("exc", exception.OpenedAt, $"{invoiceId}!{exception.Number}");
}

/// <summary><paramref name="Action"/> is null if the cause disappeared by itself.</summary>
internal sealed record ResolutionDocument(string? Action, string? Note, string By, DateTimeOffset At)
{
    public static ResolutionDocument Of(Resolution over) => new(over.Action?.Text(), over.Note, over.By, over.At);
}

/// <summary>How the last decision was taken back.</summary>
internal sealed record ReopeningDocument(string? Note, string By, DateTimeOffset At);

/// <summary>The recovery of money on another network to the settlement address there.</summary>
/// <param name="Status"><c>pending</c> or <c>recovered</c>.</param>
/// <param name="Amount">The amount moved; null while nothing is booked, or for an asset that is no longer listed.</param>
/// <param name="Failure">Why the last attempt moved nothing; it is retried.</param>
internal sealed record RecoveryDocument(
    string Status, string Network, string SettlementAddress, DateTimeOffset RequestedAt, string? Failure,
    string? Amount, string? AmountBase, string? TxHash, DateTimeOffset? RecoveredAt)
{
    public static RecoveryDocument Of(Recovery recovery, Asset? asset, Networks networks) => new(
        recovery.IsPending ? "pending" : "recovered",
        networks.Find(recovery.Network)?.Id ?? recovery.Network,
        recovery.SettlementAddress,
        recovery.RequestedAt,
        recovery.Failure,
        recovery.IsPending || asset is null ? null : new Amount(asset, recovery.Amount).ToString(),
        recovery.IsPending ? null : recovery.Amount.ToString(),
        recovery.TransactionHash,
        recovery.RecoveredAt);
}
