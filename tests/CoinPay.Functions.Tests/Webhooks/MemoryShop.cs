using System.Net;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Functions.Webhooks.Events;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace CoinPay.Functions.Tests.Webhooks;

/// <summary>
/// A merchant with one endpoint, on storage in memory and a clock that only a test turns. The gateway can be restarted:
/// what it knew and had not stored is gone.
/// </summary>
internal sealed class MemoryShop : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock;

    private MemoryShop(EdgeStorage storage, FakeTimeProvider clock) => (Storage, _clock) = (storage, clock);

    public static Uri Url { get; } = new("https://shop.example/hook");

    public EdgeStorage Storage { get; }

    public Edge Edge { get; private set; } = null!;

    public FakeInternet Internet { get; } = new();

    public KnownSecrets Secrets { get; } = KnownSecrets.OfAGateway();

    public string MerchantId { get; private set; } = "";

    public string Key { get; private set; } = "";

    public string EndpointId { get; private set; } = "";

    public string Secret { get; private set; } = "";

    public DateTimeOffset Now => _clock.GetUtcNow();

    public static async Task<MemoryShop> StartAsync(params string[] events)
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
        MemoryShop shop = new(new(clock), clock);
        shop.Edge = await shop.EdgeAsync();
        (shop.MerchantId, shop.Key) = await shop.Edge.MerchantAsync();
        (shop.EndpointId, shop.Secret) = await shop.Edge.EndpointAsync(shop.Key, Url, events);
        return shop;
    }

    /// <summary>
    /// Another process on the same storage; with a death, one that is cut off in the middle; with secrets, one that
    /// remembers others.
    /// </summary>
    public Task<Edge> EdgeAsync(StorageDeath? death = null, KnownSecrets? secrets = null) => Edge.StartAsync(
        Storage,
        death,
        _clock,
        services => services.Replace(ServiceDescriptor.Singleton<ISecrets>(secrets ?? Secrets)).Replace(ServiceDescriptor.Singleton(provider => new WebhookSender(
            new HttpClient(Internet, disposeHandler: false),
            provider.GetRequiredService<WebhookTargets>(),
            provider.GetRequiredService<SecretBox>(),
            _clock))));

    public async Task RestartAsync()
    {
        await Edge.DisposeAsync();
        Edge = await EdgeAsync();
    }

    public void Pass(TimeSpan time) => _clock.Advance(time);

    public void PassUntil(DateTimeOffset at) => _clock.SetUtcNow(at);

    public async Task<GatewayEvent> PublishAsync(string type = "invoice.paid", string? invoiceId = null)
    {
        GatewayEvent happened = DeliveryWorld.EventOf(Edge, MerchantId) with { Type = type };
        happened = invoiceId is null ? happened : happened with { Subject = invoiceId };
        await Edge.Get<EventPublisher>().PublishAsync(happened, default);
        return happened;
    }

    public Task<EdgeAnswer> CallAsync<TFunction>(
        Func<TFunction, HttpRequest, Task<IActionResult>> run, object? body = null, string? idempotencyKey = null,
        Edge? on = null, string query = "") =>
        (on ?? Edge).CallAsync(run, Key, body, idempotencyKey, query);

    public async Task<EdgeAnswer> EventAsync(string id) => (await CallAsync<GetEvent>(
        (function, request) => function.Run(request, id, default))).Expect(HttpStatusCode.OK);

    public async Task<EdgeAnswer> EndpointAsync() => (await CallAsync<GetWebhookEndpoint>(
        (function, request) => function.Run(request, EndpointId, default))).Expect(HttpStatusCode.OK);

    public async Task<EdgeAnswer> ChangeAsync(object body) => (await CallAsync<ChangeWebhookEndpoint>(
        (function, request) => function.Run(request, EndpointId, default), body)).Expect(HttpStatusCode.OK);

    public async Task<Delivery> DeliveryAsync(string eventId)
    {
        Delivery? found = await Edge.Get<DeliveryStore>().FindAsync(new(MerchantId, EndpointId, eventId), default);
        Assert.NotNull(found);
        return found;
    }

    /// <summary>Lets every message that is visible, or becomes so within this time, be handled.</summary>
    public async Task DeliverAsync(TimeSpan within = default)
    {
        DateTimeOffset until = Now + within;
        await Edge.DeliverAllAsync();
        while (Now < until)
        {
            Pass(TimeSpan.FromSeconds(1));
            await Edge.DeliverAllAsync();
        }
    }

    public ValueTask DisposeAsync() => Edge.DisposeAsync();
}
