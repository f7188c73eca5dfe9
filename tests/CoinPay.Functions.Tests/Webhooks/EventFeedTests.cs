using System.Net;
using System.Text.Json;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Events;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class EventFeedTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task An_event_is_fed_with_each_attempt_to_deliver_it()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        world.Endpoint.AlwaysAnswer(503);
        await world.PublishAsync();
        await world.HandleAsync();

        EdgeAnswer read = (await world.Edge.CallAsync<GetEvent>(
            (function, request) => function.Run(request, world.Happened.Id, default), world.Key)).Expect(
                HttpStatusCode.OK);

        JsonElement delivery = Assert.Single(read.Json.GetProperty("deliveries").EnumerateArray());
        Assert.Equal(
            ("pending", world.EndpointId),
            (delivery.GetProperty("status").GetString(), delivery.GetProperty("endpoint_id").GetString()));
        Assert.Equal(
            503, Assert.Single(delivery.GetProperty("attempts").EnumerateArray()).GetProperty("status").GetInt32());
        Assert.Equal((world.Happened.Id, "{}"), (read["id"], read["data"]));
    }

    [Fact]
    public async Task Events_are_listed_newest_first_filtered_and_paged()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        List<string> made = [];
        foreach (string type in new[] { "invoice.created", "invoice.paid", "wallet.changed", "invoice.created" })
        {
            world.Edge.Clock.Advance(TimeSpan.FromSeconds(1));
            GatewayEvent happened = DeliveryWorld.EventOf(world.Edge, world.MerchantId);
            happened = happened with { Type = type, Subject = InvoiceOf(type) };
            await world.Edge.Get<EventPublisher>().PublishAsync(happened, default);
            made.Insert(0, happened.Id);
        }

        Assert.Equal(made, await IdsAsync(world, ""));
        Assert.Equal([made[0], made[2], made[3]], await IdsAsync(world, "?type=invoice.*"));
        Assert.Equal([made[0], made[3]], await IdsAsync(world, "?invoice_id=" + InvoiceOf("invoice.created")));
        Assert.Empty(await IdsAsync(world, "?delivery=failed"));
        EdgeAnswer first = await ListAsync(world, "?limit=3", world.Key);
        Assert.Equal([made[3]], await IdsAsync(world, "?limit=3&cursor=" + first["next_cursor"]));

        world.Endpoint.AlwaysAnswer(500);
        await world.HandleAsync(made[2]);
        Assert.Equal([made[2]], await IdsAsync(world, "?delivery=failed"));
    }

    [Fact]
    public async Task Another_merchants_events_are_not_seen()
    {
        await using DeliveryWorld world = await DeliveryWorld.StartAsync(storage);
        await world.PublishAsync();
        (_, string stranger) = await world.Edge.MerchantAsync();

        Assert.Equal(0, (await ListAsync(world, "", stranger)).Json.GetProperty("data").GetArrayLength());
        (await world.Edge.CallAsync<GetEvent>(
            (function, request) => function.Run(request, world.Happened.Id, default), stranger))
            .ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await ListAsync(world, "?delivery=lost", world.Key)).ExpectProblem(
            HttpStatusCode.BadRequest, "invalid_request");
        (await ListAsync(world, "?type=nonsense", world.Key)).ExpectProblem(
            HttpStatusCode.BadRequest, "invalid_request");
    }

    private static string InvoiceOf(string type) => Id.Derived("inv", DateTimeOffset.UnixEpoch, type);

    private static Task<EdgeAnswer> ListAsync(DeliveryWorld world, string query, string key) =>
        world.Edge.CallAsync<ListEvents>((function, request) => function.Run(request, default), key, query: query);

    private static async Task<IEnumerable<string>> IdsAsync(DeliveryWorld world, string query) =>
        (await ListAsync(world, query, world.Key)).Expect(HttpStatusCode.OK)
            .Json.GetProperty("data").EnumerateArray().Select(listed => listed.GetProperty("id").GetString()!);
}
