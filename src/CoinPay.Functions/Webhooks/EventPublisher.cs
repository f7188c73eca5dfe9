using Azure.Data.Tables;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Tells of an event: its row, one delivery row for each endpoint that wants it, and a message for each delivery. Safe
/// to repeat and to be cut short anywhere: a repeat leaves one event and one delivery row each, and only a message
/// more.
/// </summary>
internal sealed class EventPublisher(
    Tables tables, EndpointStore endpoints, DeliveryStore deliveries, DeliveryQueue queue)
{
    /// <summary>
    /// Returns when all is stored and queued; throws otherwise, and is then to be called again with the same event.
    /// Should an event with this id stand already, its body is what counts.
    /// </summary>
    public async Task PublishAsync(GatewayEvent happened, CancellationToken cancellation)
    {
        TableEntity row = happened.ToRow(happened.MerchantId, Id.NewestFirst(happened.Id));
        await tables.Events.TryAddAsync(row, cancellation);
        IReadOnlyList<Endpoint> all = await endpoints.ListAsync(happened.MerchantId, cancellation);
        await Task.WhenAll(all
            .Where(endpoint => endpoint.Wants(happened))
            .Select(endpoint => StartAsync(happened, endpoint, cancellation)));
    }

    /// <summary>The event with its frozen body, or null.</summary>
    public async Task<GatewayEvent?> FindAsync(string merchantId, string eventId, CancellationToken cancellation) =>
        Id.IsWellFormed("evt", eventId)
        && await tables.Events.FindAsync(merchantId, Id.NewestFirst(eventId), cancellation) is { } row
            ? GatewayEvent.FromRow(row)
            : null;

    private async Task StartAsync(GatewayEvent happened, Endpoint endpoint, CancellationToken cancellation)
    {
        DeliveryAddress address = new(happened.MerchantId, endpoint.Id, happened.Id);
        Delivery delivery = new()
        {
            Address = address,
            Status = DeliveryStatus.Pending,
            NextAttemptAt = happened.At,
            CreatedAt = happened.At,
        };
        await deliveries.AddAsync(delivery, cancellation);
        await queue.SendAsync(address, slow: endpoint.FailingSince is not null, TimeSpan.Zero, cancellation);
    }
}
