using CoinPay.Core;
using CoinPay.Functions.Chains;

namespace CoinPay.Functions.Exceptions;

/// <summary>
/// An exception as the contract shows it: what it is about, what it means, what may be decided and what was.
/// <paramref name="Amount"/> is null for an asset that is not listed any more.
/// </summary>
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
    ResolutionDocument? Resolution)
{
    public static ExceptionDocument Of(InvoiceTerms terms, InvoiceException exception, Networks networks)
    {
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
            asset is null ? null : new Amount(asset, exception.Amount).ToString(),
            exception.Amount.ToString(),
            exception.IsOpen ? [.. ExceptionRules.Actions(exception.Type).Select(action => action.Text())] : [],
            exception.OpenedAt,
            exception.Resolution is { } over ? ResolutionDocument.Of(over) : null);
    }

    /// <summary>The same whenever it is asked for: from the invoice and the version at which it opened.</summary>
    public static string IdOf(string invoiceId, InvoiceException exception) =>
        CoinPay.Functions.Stores.Id.Derived("exc", exception.OpenedAt, $"{invoiceId}!{exception.Number}");
}

/// <summary><paramref name="Action"/> is null when the cause went away by itself.</summary>
internal sealed record ResolutionDocument(string? Action, string? Note, string By, DateTimeOffset At)
{
    public static ResolutionDocument Of(Resolution over) => new(over.Action?.Text(), over.Note, over.By, over.At);
}
