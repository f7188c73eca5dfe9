using System.Text.Json;
using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Webhooks;

/// <summary>What a page of the pull feed is to hold; null matches everything.</summary>
internal sealed record EventFilter(bool Livemode, string? Type, string? InvoiceId, bool FailedOnly);

/// <summary>A merchant's events with how each was delivered, newest first.</summary>
internal sealed class EventFeed(Tables tables, EndpointStore endpoints, DeliveryStore deliveries)
{
    /// <summary>So many events are looked at for one page; a page may then be short, and its cursor goes on.</summary>
    private const int MaxLookedAt = 500;

    public async Task<(IReadOnlyList<EventDocument> Events, string? Last)> ListAsync(
        string merchantId, EventFilter wanted, Paging paging, CancellationToken cancellation)
    {
        List<EventDocument> page = [];
        int lookedAt = 0;
        string? last = null;
        await foreach (TableEntity row in Rows(merchantId, wanted, paging.After, cancellation))
        {
            if (page.Count == paging.Limit || lookedAt == MaxLookedAt)
                return (page, last);
            lookedAt++;
            last = row.RowKey;
            if (wanted.Type is not null && !EventTypes.Matches(wanted.Type, row.GetString("Type")))
                continue;
            EventDocument document = await DescribeAsync(GatewayEvent.FromRow(row), cancellation);
            if (!wanted.FailedOnly || document.HasFailure)
                page.Add(document);
        }
        return (page, null);
    }

    /// <summary>The event with its deliveries to the endpoints that still exist.</summary>
    public async Task<EventDocument> DescribeAsync(GatewayEvent happened, CancellationToken cancellation)
    {
        IReadOnlyList<Endpoint> known = await endpoints.ListAsync(happened.MerchantId, cancellation);
        Delivery?[] found = await Task.WhenAll(known.Select(endpoint =>
            deliveries.FindAsync(new(happened.MerchantId, endpoint.Id, happened.Id), cancellation)));
        return EventDocument.Of(happened, [.. found.OfType<Delivery>().Select(DeliveryDocument.Of)]);
    }

    private Azure.AsyncPageable<TableEntity> Rows(
        string merchantId, EventFilter wanted, string? after, CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {merchantId} and RowKey gt {after ?? ""} and Livemode eq {wanted.Livemode}");
        if (wanted.InvoiceId is not null)
            filter += TableClient.CreateQueryFilter($" and InvoiceId eq {wanted.InvoiceId}");
        return tables.Events.RowsAsync(filter, cancellation);
    }
}

/// <summary>An event as the pull feed shows it: what was POSTed, and how that went.</summary>
internal sealed record EventDocument(
    string Id,
    string Object,
    string Type,
    bool Livemode,
    DateTimeOffset CreatedAt,
    int StateVersion,
    string? FulfilmentKey,
    string? InvoiceId,
    JsonElement Data,
    IReadOnlyList<DeliveryDocument> Deliveries)
{
    /// <summary>Whether some endpoint has not got it although it was tried.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasFailure => Deliveries.Any(delivery =>
        delivery.Status == DeliveryStatus.Dead
            || (delivery.Status == DeliveryStatus.Pending && delivery.Attempts.Count > 0));

    public static EventDocument Of(GatewayEvent happened, IReadOnlyList<DeliveryDocument> deliveries)
    {
        using JsonDocument body = JsonDocument.Parse(happened.Body);
        return new(
            happened.Id,
            "event",
            happened.Type,
            happened.Livemode,
            happened.At,
            happened.StateVersion,
            happened.FulfilmentKey,
            happened.InvoiceId,
            body.RootElement.GetProperty("data").Clone(),
            deliveries);
    }
}

internal sealed record DeliveryDocument(
    string EndpointId, DeliveryStatus Status, DateTimeOffset? NextAttemptAt, IReadOnlyList<AttemptDocument> Attempts)
{
    public static DeliveryDocument Of(Delivery delivery) => new(
        delivery.Address.EndpointId,
        delivery.Status,
        delivery.Status == DeliveryStatus.Pending ? delivery.NextAttemptAt : null,
        [.. delivery.Attempts.Select(
            tried => new AttemptDocument(tried.At, tried.Status, tried.LatencyMs, tried.Answer))]);
}

/// <summary><paramref name="Answer"/> is the first KiB of what came back, or why nothing did.</summary>
internal sealed record AttemptDocument(DateTimeOffset At, int? Status, int LatencyMs, string Answer);
