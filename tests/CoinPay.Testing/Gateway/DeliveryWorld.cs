using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Servers;

namespace CoinPay.Testing.Gateway;

/// <summary>A merchant with one endpoint that is up, and one event.</summary>
internal sealed class DeliveryWorld : IAsyncDisposable
{
    private DeliveryWorld(
        Edge edge, AnsweringEndpoint endpoint, string merchantId, string key, string endpointId, string secret)
    {
        (Edge, Endpoint, MerchantId, Key, EndpointId, Secret) = (edge, endpoint, merchantId, key, endpointId, secret);
        Happened = EventOf(edge, merchantId);
    }

    public Edge Edge { get; }

    public AnsweringEndpoint Endpoint { get; }

    public string MerchantId { get; }

    public string Key { get; }

    public string EndpointId { get; }

    public string Secret { get; }

    public GatewayEvent Happened { get; }

    public DeliveryAddress Address => AddressOf(Happened.Id);

    /// <summary>Creates an event of the merchant that has not been published yet.</summary>
    public static GatewayEvent EventOf(Edge edge, string merchant)
    {
        DateTimeOffset at = edge.Clock.GetUtcNow();
        string id = Id.New("evt", at);
        string body = GatewayEvent.BodyOf(id, "invoice.paid", at, 4, "ful_1", new System.Text.Json.Nodes.JsonObject());
        return new(id, "invoice.paid", merchant, "inv_1", at, 4, "ful_1", false, body);
    }

    public static async Task<DeliveryWorld> StartAsync(ITestStorage storage)
    {
        Edge edge = await Edge.StartAsync(storage);
        AnsweringEndpoint endpoint = await AnsweringEndpoint.StartAsync();
        (string merchant, string key) = await edge.MerchantAsync();
        (string id, string secret) = await edge.EndpointAsync(key, endpoint.Url, "invoice.*");
        return new(edge, endpoint, merchant, key, id, secret);
    }

    public Task PublishAsync() => Edge.Get<EventPublisher>().PublishAsync(Happened, default);

    /// <summary>Handles the delivery's message as if it had just arrived.</summary>
    public Task HandleAsync(string? eventId = null) =>
        Edge.Get<DeliveryRun>().HandleAsync(AddressOf(eventId ?? Happened.Id).ToString(), slow: true, default);

    public async Task<Delivery> DeliveryAsync(string? eventId = null) =>
        (await Edge.Get<DeliveryStore>().FindAsync(AddressOf(eventId ?? Happened.Id), default))!;

    public async Task<CoinPay.Functions.Webhooks.Endpoints.WebhookEndpoint> EndpointRowAsync() =>
        CoinPay.Functions.Webhooks.Endpoints.WebhookEndpoint.FromRow(
            await Edge.Tables.Merchants.GetEntityAsync<TableEntity>(
                MerchantId, CoinPay.Functions.Webhooks.Endpoints.WebhookEndpoint.RowKey(EndpointId)));

    /// <summary>Whether the sweeper will find it eventually.</summary>
    public async Task<bool> HasPointerAsync()
    {
        await foreach (
            string message in Edge.Get<DueWork>().DueBeforeAsync(DateTimeOffset.UtcNow.AddYears(1), default))
            if (message == Address.ToString())
                return true;
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DisposeAsync();
        await Edge.DisposeAsync();
    }

    private DeliveryAddress AddressOf(string eventId) => new(MerchantId, EndpointId, eventId);
}
