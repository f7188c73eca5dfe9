using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Invoices;

/// <summary>What a list of invoices may be narrowed to; null fields match everything.</summary>
internal sealed record InvoiceFilter(
    string? Status, string? OrderId, string? Network, DateTimeOffset? CreatedAfter, DateTimeOffset? CreatedBefore);

/// <summary>A merchant's invoices, newest first. Written from the outbox by the one writer an invoice has; rebuildable.</summary>
internal sealed class InvoiceIndex(Tables tables)
{
    public Task WriteAsync(Invoice state, CancellationToken cancellation)
    {
        InvoiceTerms terms = state.Terms;
        TableEntity row = new(Partition(terms.MerchantId, terms.Livemode), Id.NewestFirst(terms.Id))
        {
            ["InvoiceId"] = terms.Id,
            ["Status"] = state.Status.Text(),
            ["OrderId"] = terms.OrderId,
            ["Network"] = terms.Network,
            ["Version"] = state.Version,
        };
        return tables.Index.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
    }

    /// <summary>One page of invoice ids, and the row key to go on after, null at the end.</summary>
    public async Task<(List<string> InvoiceIds, string? Last)> ReadAsync(
        string merchantId, bool livemode, InvoiceFilter filter, Paging paging, CancellationToken cancellation)
    {
        List<string> conditions = [TableClient.CreateQueryFilter($"PartitionKey eq {Partition(merchantId, livemode)}")];
        if (paging.After is { } after)
            conditions.Add(TableClient.CreateQueryFilter($"RowKey gt {after}"));
        if (filter.CreatedBefore is { } before)
            conditions.Add(TableClient.CreateQueryFilter($"RowKey gt {Id.NewestFirst("inv_" + Id.TimePrefix(before) + new string('0', 16))}"));
        if (filter.CreatedAfter is { } since)
            conditions.Add(TableClient.CreateQueryFilter($"RowKey lt {Id.NewestFirst("inv_" + Id.TimePrefix(since) + new string('z', 16))}"));
        if (filter.Status is { } status)
            conditions.Add(TableClient.CreateQueryFilter($"Status eq {status}"));
        if (filter.OrderId is { } order)
            conditions.Add(TableClient.CreateQueryFilter($"OrderId eq {order}"));
        if (filter.Network is { } network)
            conditions.Add(TableClient.CreateQueryFilter($"Network eq {network}"));

        List<TableEntity> rows = [];
        await foreach (TableEntity row in tables.Index.QueryAsync<TableEntity>(
            string.Join(" and ", conditions), paging.Limit + 1, cancellationToken: cancellation))
        {
            rows.Add(row);
            if (rows.Count > paging.Limit)
                break;
        }
        List<TableEntity> page = rows.Take(paging.Limit).ToList();
        return (page.Select(row => row.GetString("InvoiceId")).ToList(), rows.Count > paging.Limit ? page[^1].RowKey : null);
    }

    private static string Partition(string merchantId, bool livemode) => Key.Of(merchantId, "invoices", livemode ? "live" : "test");
}
