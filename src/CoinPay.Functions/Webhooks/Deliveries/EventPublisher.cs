using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Publishes an event: its row, one delivery row for each endpoint that wants it, and a message for each delivery. Safe
/// to repeat and to interrupt anywhere: a repeat still leaves one event and one row per delivery, and only adds a
/// message.
/// </summary>
internal sealed class EventPublisher(
    Tables tables, EndpointStore endpoints, DeliveryStore deliveries, DueWork due, DeliveryQueue queue) : IEventPublisher
{
    /// <summary>
    /// The maximum rows of a batch: a transaction has up to 4 MiB, and a body up to 64 KiB, which is a third more in the
    /// request (base64).
    /// </summary>
    private const int MaxBatchRows = 40;

    /// <summary>
    /// Returns when everything is stored and queued. If it throws, call it again with the same event. If an event with this id
    /// already exists, its body is used.
    /// </summary>
    public Task PublishAsync(GatewayEvent happened, CancellationToken cancellation) => PublishAsync([happened], cancellation);

    /// <summary>Publishes several events of one merchant, stored in one batch.</summary>
    public async Task PublishAsync(IReadOnlyList<GatewayEvent> happened, CancellationToken cancellation)
    {
        if (happened.Count == 0)
            return;
        foreach (GatewayEvent[] batch in happened.Chunk(MaxBatchRows))
            await AddAsync(batch, cancellation);
        IReadOnlyList<WebhookEndpoint> all = await endpoints.ListAsync(happened[0].MerchantId, cancellation);
        foreach (GatewayEvent one in happened)
            await Task.WhenAll(all
                .Where(endpoint => endpoint.Wants(one))
                .Select(endpoint => StartAsync(one, endpoint, cancellation)));
    }

    /// <summary>Publishes an event to a single endpoint, whatever its filters.</summary>
    public async Task PublishAsync(GatewayEvent happened, WebhookEndpoint only, CancellationToken cancellation)
    {
        await AddAsync([happened], cancellation);
        await StartAsync(happened, only, cancellation);
    }

    /// <summary>Returns the event with its frozen body, or null.</summary>
    public async Task<GatewayEvent?> FindAsync(string merchantId, string eventId, CancellationToken cancellation) =>
        Id.IsWellFormed("evt", eventId)
        && await tables.Events.FindAsync(merchantId, Id.NewestFirst(eventId), cancellation) is { } row
            ? GatewayEvent.FromRow(row)
            : null;

    private async Task AddAsync(GatewayEvent[] happened, CancellationToken cancellation)
    {
        TableEntity[] rows = [.. happened.Select(one => one.ToRow(one.MerchantId, Id.NewestFirst(one.Id)))];
        if (rows.Length > 1 && await tables.Events.TryCommitAsync(
                [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row))], cancellation))
            return;
        // A row that already exists from an interrupted try fails the whole batch.
        foreach (TableEntity row in rows)
            await tables.Events.TryAddAsync(row, cancellation);
    }

    private async Task StartAsync(GatewayEvent happened, WebhookEndpoint endpoint, CancellationToken cancellation)
    {
        DeliveryAddress address = new(happened.MerchantId, endpoint.Id, happened.Id);
        // Add row and pointer; either or both may already exist.
        await Task.WhenAll(
            due.AddAsync(address.ToString(), happened.At, cancellation),
            deliveries.TryAddAsync(Delivery.New(address, happened.Subject, happened.At), cancellation));
        await queue.SendAsync(address, slow: endpoint.FailingSince is not null, TimeSpan.Zero, cancellation);
    }
}
