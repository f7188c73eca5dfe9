using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Tells of an event: its row, one delivery row for each endpoint that wants it, and a message for each delivery. Safe
/// to repeat and to be cut short anywhere: a repeat leaves one event and one delivery row each, and only a message
/// more.
/// </summary>
internal sealed class EventPublisher(
    Tables tables, EndpointStore endpoints, DeliveryStore deliveries, DueWork due, DeliveryQueue queue)
{
    /// <summary>
    /// Returns when all is stored and queued; throws otherwise, and is then to be called again with the same event.
    /// Should an event with this id stand already, its body is what counts.
    /// </summary>
    public async Task PublishAsync(GatewayEvent happened, CancellationToken cancellation)
    {
        await AddAsync(happened, cancellation);
        IReadOnlyList<Endpoint> all = await endpoints.ListAsync(happened.MerchantId, cancellation);
        await Task.WhenAll(all
            .Where(endpoint => endpoint.Wants(happened))
            .Select(endpoint => StartAsync(happened, endpoint, cancellation)));
    }

    /// <summary>The same for one endpoint alone, whatever its filters.</summary>
    public async Task PublishAsync(GatewayEvent happened, Endpoint only, CancellationToken cancellation)
    {
        await AddAsync(happened, cancellation);
        await StartAsync(happened, only, cancellation);
    }

    /// <summary>The event with its frozen body, or null.</summary>
    public async Task<GatewayEvent?> FindAsync(string merchantId, string eventId, CancellationToken cancellation) =>
        Id.IsWellFormed("evt", eventId)
        && await tables.Events.FindAsync(merchantId, Id.NewestFirst(eventId), cancellation) is { } row
            ? GatewayEvent.FromRow(row)
            : null;

    private Task<bool> AddAsync(GatewayEvent happened, CancellationToken cancellation) =>
        tables.Events.TryAddAsync(happened.ToRow(happened.MerchantId, Id.NewestFirst(happened.Id)), cancellation);

    private async Task StartAsync(GatewayEvent happened, Endpoint endpoint, CancellationToken cancellation)
    {
        DeliveryAddress address = new(happened.MerchantId, endpoint.Id, happened.Id);
        // Row and pointer; both or either may stand already.
        await Task.WhenAll(
            due.AddAsync(address.ToString(), happened.At, cancellation),
            deliveries.TryAddAsync(Delivery.New(address, happened.InvoiceId, happened.At), cancellation));
        await queue.SendAsync(address, slow: endpoint.FailingSince is not null, TimeSpan.Zero, cancellation);
    }
}
