using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Invoices;

/// <summary>Filters for a list of invoices; null fields match everything.</summary>
internal sealed record InvoiceFilter(
    string? Status, string? OrderId, string? Network, DateTimeOffset? CreatedAfter, DateTimeOffset? CreatedBefore);

/// <summary>An invoice that a search term belongs to.</summary>
/// <param name="MatchedBy">What the term is of it: <c>address</c>, <c>transaction</c>, <c>order_id</c> and so on.</param>
internal sealed record SearchMatch(string InvoiceId, string MatchedBy)
{
    /// <summary>Sorts matches newest first.</summary>
    public string SortKey => Id.NewestFirst(InvoiceId);
}

/// <summary>
/// A merchant's invoices, newest first, and their search terms (<c>~hash!invoice</c>, newest first, after the invoices). Written from
/// the outbox by the invoice's single writer; can be rebuilt.
/// </summary>
internal sealed class InvoiceIndex(Tables tables)
{
    private const string TermPrefix = "~";

    /// <summary>Returns the keys of an invoice's row.</summary>
    public static (string Partition, string Row) PlaceOf(InvoiceTerms terms) =>
        (Partition(terms.MerchantId, terms.Livemode), Id.NewestFirst(terms.Id));

    /// <summary>Returns the id of the invoice that a row describes, or null for any other row of the table.</summary>
    public static string? InvoiceOf(TableEntity row) => row.GetString("InvoiceId");

    /// <summary>Returns an invoice's row as it was at an earlier version.</summary>
    public static TableEntity AsOf(TableEntity row, string status, int version) =>
        new(row) { ["Status"] = status, ["Version"] = version };

    /// <summary>Writes the invoice's row and its new search terms, in one batch unless it has very many transactions.</summary>
    public async Task WriteAsync(Stored<Invoice> stored, CancellationToken cancellation)
    {
        foreach (TableEntity[] batch in Rows(stored).Chunk(TableCalls.MaxBatchRows))
            await tables.Index.SubmitTransactionAsync(
                batch.Select(entity => new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity)), cancellation);
    }

    /// <summary>Does the same for an invoice that was just created; rows that already exist are newer and stay.</summary>
    public async Task AddAsync(Stored<Invoice> created, CancellationToken cancellation)
    {
        try
        {
            await tables.Index.SubmitTransactionAsync(
                Rows(created).Select(entity => new TableTransactionAction(TableTransactionActionType.Add, entity)), cancellation);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            // The invoice's orchestration already wrote all rows at once.
        }
    }

    private static IEnumerable<TableEntity> Rows(Stored<Invoice> stored)
    {
        InvoiceTerms terms = stored.State.Terms;
        (string partition, string key) = PlaceOf(terms);
        TableEntity row = new(partition, key)
        {
            ["InvoiceId"] = terms.Id,
            ["Status"] = stored.State.Status.Text(),
            ["OrderId"] = terms.OrderId,
            ["Network"] = terms.Network,
            ["Version"] = stored.State.Version,
        };
        IEnumerable<TableEntity> found = NewTerms(stored)
            .DistinctBy(term => KeyOf(term.Text))
            .Select(term => new TableEntity(partition, $"{TermPrefix}{KeyOf(term.Text)}!{key}") { ["Kind"] = term.Kind });
        return found.Prepend(row);
    }

    /// <summary>
    /// Returns the newest invoices with this address, transaction hash, order id or customer reference, from a sort key of
    /// <see cref="SearchMatch"/> on.
    /// </summary>
    public async Task<IReadOnlyList<SearchMatch>> FindAsync(
        string merchantId, bool livemode, string text, Paging paging, CancellationToken cancellation)
    {
        string prefix = $"{TermPrefix}{KeyOf(text)}!";
        (IReadOnlyList<TableEntity> rows, _) = await tables.Index.PageAsync(
            Partition(merchantId, livemode), paging with { After = paging.After is null ? null : prefix + paging.After }, cancellation, prefix);
        // A sort key is its own inverse.
        return [.. rows.Select(row => new SearchMatch($"inv_{Id.NewestFirst("inv_" + row.RowKey[prefix.Length..])}", row.GetString("Kind")))];
    }

    private static IEnumerable<(string Kind, string Text)> NewTerms(Stored<Invoice> stored)
    {
        InvoiceTerms terms = stored.State.Terms;
        if (InvoiceAggregate.IsNew(stored))
        {
            yield return ("address", terms.Address);
            if (terms.OrderId is { } order)
                yield return ("order_id", order);
            if (terms.CustomerReference is { } reference)
                yield return ("customer_reference", reference);
        }
        foreach (string hash in InvoiceAggregate.NewTransactions(stored))
            yield return ("transaction", hash);
    }

    /// <summary>Case does not matter in hex, in bech32 or to a person searching.</summary>
    private static string KeyOf(string text) => Key.Hash(text.Trim().ToLowerInvariant());

    /// <summary>Returns one page of invoice ids, and the row key to continue after, or null at the end.</summary>
    public async Task<(List<string> InvoiceIds, string? Last)> ReadAsync(
        string merchantId, bool livemode, InvoiceFilter filter, Paging paging, CancellationToken cancellation)
    {
        List<string> conditions = [TableClient.CreateQueryFilter($"RowKey lt {TermPrefix}")];
        if (filter.CreatedBefore is { } before)
            conditions.Add(TableClient.CreateQueryFilter($"RowKey gt {Id.NewestFirst("inv_" + Id.TimePrefix(before) + new string('0', 16))}"));
        if (filter.CreatedAfter is { } since)
            conditions.Add(TableClient.CreateQueryFilter($"RowKey le {Id.NewestFirst("inv_" + Id.TimePrefix(since) + new string('0', 16))}"));
        if (filter.Status is { } status)
            conditions.Add(TableClient.CreateQueryFilter($"Status eq {status}"));
        if (filter.OrderId is { } order)
            conditions.Add(TableClient.CreateQueryFilter($"OrderId eq {order}"));
        if (filter.Network is { } network)
            conditions.Add(TableClient.CreateQueryFilter($"Network eq {network}"));

        (IReadOnlyList<TableEntity> page, string? last) = await tables.Index.PageAsync(
            Partition(merchantId, livemode), paging, cancellation, conditions: conditions);
        return (page.Select(row => row.GetString("InvoiceId")).ToList(), last);
    }

    private static string Partition(string merchantId, bool livemode) => Key.Of(merchantId, "invoices", livemode ? "live" : "test");
}
