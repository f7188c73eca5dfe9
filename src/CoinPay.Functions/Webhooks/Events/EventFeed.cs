using Azure.Data.Tables;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Events;

/// <summary>Filters for a page of the pull feed; null matches everything.</summary>
internal sealed record EventFilter(bool Livemode, string? Type, string? InvoiceId, bool FailedOnly);

/// <summary>A merchant's events with their deliveries, newest first.</summary>
internal sealed class EventFeed(Tables tables, EndpointStore endpoints, DeliveryStore deliveries)
{
    /// <summary>The maximum number of events read for a page, which may then be short; its cursor continues.</summary>
    private const int MaxLookedAt = 500;

    /// <summary>The number of events whose failed deliveries are looked up together.</summary>
    private const int Together = 100;

    public async Task<(IReadOnlyList<EventDocument> Events, string? Last)> ListAsync(
        string merchantId, EventFilter wanted, Paging paging, CancellationToken cancellation)
    {
        if (wanted.FailedOnly)
            return await ListFailedAsync(merchantId, wanted, paging, cancellation);
        List<EventDocument> page = [];
        int lookedAt = 0;
        string? last = null;
        await foreach (TableEntity row in Rows(merchantId, wanted, paging.After, cancellation))
        {
            if (page.Count == paging.Limit || lookedAt == MaxLookedAt)
                return (page, last);
            lookedAt++;
            last = row.RowKey;
            if (wanted.Type is null || EventTypes.Matches(wanted.Type, row.GetString("Type")))
                page.Add(await DescribeAsync(GatewayEvent.FromRow(row), cancellation));
        }
        return (page, null);
    }

    private async Task<(IReadOnlyList<EventDocument> Events, string? Last)> ListFailedAsync(
        string merchantId, EventFilter wanted, Paging paging, CancellationToken cancellation)
    {
        List<EventDocument> page = [];
        string? after = paging.After;
        for (int lookedAt = 0; lookedAt < MaxLookedAt; lookedAt += Together)
        {
            (IReadOnlyList<TableEntity> rows, string? last) = await tables.Events.PageAsync(
                merchantId, new(Together, after), cancellation, conditions: Conditions(wanted));
            HashSet<string> failed = await FailedAsync(merchantId, rows, cancellation);
            foreach (TableEntity row in rows.Where(row => failed.Contains(row.GetString("EventId"))))
            {
                if (page.Count == paging.Limit)
                    return (page, after);
                after = row.RowKey;
                if (wanted.Type is null || EventTypes.Matches(wanted.Type, row.GetString("Type")))
                    page.Add(await DescribeAsync(GatewayEvent.FromRow(row), cancellation));
            }
            if (last is null)
                return (page, null);
            after = last;
        }
        return (page, after);
    }

    private async Task<HashSet<string>> FailedAsync(
        string merchantId, IReadOnlyList<TableEntity> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0)
            return [];
        (string, string) range = (rows[^1].GetString("EventId"), rows[0].GetString("EventId"));
        IReadOnlyList<WebhookEndpoint> known = await endpoints.ListAsync(merchantId, cancellation);
        IReadOnlyList<string>[] failed = await Task.WhenAll(known.Select(endpoint =>
            deliveries.FailedAsync(merchantId, endpoint.Id, range, cancellation)));
        return [.. failed.SelectMany(ids => ids)];
    }

    /// <summary>Returns the event with its deliveries to the endpoints that still exist.</summary>
    public async Task<EventDocument> DescribeAsync(GatewayEvent happened, CancellationToken cancellation)
    {
        IReadOnlyList<WebhookEndpoint> known = await endpoints.ListAsync(happened.MerchantId, cancellation);
        Delivery?[] found = await Task.WhenAll(known.Select(endpoint =>
            deliveries.FindAsync(new(happened.MerchantId, endpoint.Id, happened.Id), cancellation)));
        return EventDocument.Of(happened, [.. found.OfType<Delivery>().Select(DeliveryDocument.Of)]);
    }

    private Azure.AsyncPageable<TableEntity> Rows(
        string merchantId, EventFilter wanted, string? after, CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter($"PartitionKey eq {merchantId} and RowKey gt {after ?? ""}");
        return tables.Events.RowsAsync(string.Join(" and ", [filter, .. Conditions(wanted)]), cancellation);
    }

    private static IEnumerable<string> Conditions(EventFilter wanted)
    {
        yield return TableClient.CreateQueryFilter($"Livemode eq {wanted.Livemode}");
        if (wanted.InvoiceId is not null)
            yield return TableClient.CreateQueryFilter($"Subject eq {wanted.InvoiceId}");
    }
}
