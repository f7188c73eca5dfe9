using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices.Exceptions;

/// <summary>Locates an exception: the invoice it belongs to, and its number there.</summary>
internal sealed record ExceptionReference(string InvoiceId, int Number, string Type, byte[] Document);

/// <summary>
/// A merchant's queue of exceptions, newest first, for lists and look-ups; written from the outbox. The invoice is the source
/// of truth. The partition is the merchant and mode, the row the exception's id.
/// </summary>
internal sealed class ExceptionStore(Tables tables, Networks networks)
{
    /// <summary>Writes all exceptions of an invoice. Repeating it changes nothing.</summary>
    public async Task WriteAsync(Invoice state, CancellationToken cancellation)
    {
        IEnumerable<TableTransactionAction> rows = state.Exceptions.Select(exception =>
            new TableTransactionAction(TableTransactionActionType.UpsertReplace, ToRow(state, exception)));
        foreach (TableTransactionAction[] batch in rows.Chunk(TableCalls.MaxBatchRows))
            await tables.Exceptions.SubmitTransactionAsync(batch, cancellation);
    }

    public async Task<ExceptionReference?> FindAsync(Caller caller, string id, CancellationToken cancellation) =>
        Id.IsWellFormed("exc", id)
        && await tables.Exceptions.FindAsync(Partition(caller.MerchantId, caller.Livemode), Id.NewestFirst(id), cancellation) is { } row
            ? ToReference(row)
            : null;

    /// <summary>Returns one page, and the row key to continue after, or null at the end. Null filters match everything.</summary>
    public async Task<(List<ExceptionReference> Exceptions, string? Last)> ReadAsync(
        Caller caller, string? status, string? type, Paging paging, CancellationToken cancellation)
    {
        List<string> conditions = [];
        if (status is not null)
            conditions.Add(TableClient.CreateQueryFilter($"Status eq {status}"));
        if (type is not null)
            conditions.Add(TableClient.CreateQueryFilter($"Type eq {type}"));
        (IReadOnlyList<TableEntity> page, string? last) = await tables.Exceptions.PageAsync(
            Partition(caller.MerchantId, caller.Livemode), paging, cancellation, conditions: conditions);
        return (page.Select(ToReference).ToList(), last);
    }

    private TableEntity ToRow(Invoice state, InvoiceException exception)
    {
        InvoiceTerms terms = state.Terms;
        ExceptionDocument document = ExceptionDocument.Of(state, exception, networks);
        return new(Partition(terms.MerchantId, terms.Livemode), Id.NewestFirst(document.Id))
        {
            ["InvoiceId"] = terms.Id,
            ["Number"] = exception.Number,
            ["Type"] = document.Type,
            ["Status"] = document.Status,
            ["Document"] = Json.Bytes(document),
        };
    }

    private static ExceptionReference ToReference(TableEntity row) =>
        new(row.GetString("InvoiceId"), row.GetInt32("Number")!.Value, row.GetString("Type"), row.GetBinary("Document"));

    private static string Partition(string merchantId, bool livemode) => Key.Of(merchantId, livemode ? "live" : "test");
}
