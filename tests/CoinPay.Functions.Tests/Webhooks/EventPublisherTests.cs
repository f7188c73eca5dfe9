using Azure.Data.Tables;
using Azure.Storage.Queues;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class EventPublisherTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task An_event_published_twice_is_one_event_and_one_delivery()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string merchant, string key) = await edge.MerchantAsync();
        await edge.EndpointAsync(key, Somewhere);
        GatewayEvent happened = DeliveryWorld.EventOf(edge, merchant);

        await edge.Get<EventPublisher>().PublishAsync(happened, default);
        await edge.Get<EventPublisher>().PublishAsync(happened with { Body = """{"another":"body"}""" }, default);

        Assert.Equal((1, 1), await CountAsync(edge, merchant));
        Assert.Equal(happened, await edge.Get<EventPublisher>().FindAsync(merchant, happened.Id, default));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_write_and_a_repeat_leave_one_event_and_one_delivery_an_endpoint(bool before)
    {
        await using Edge edge = await Edge.StartAsync(storage);
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            (string merchant, string key) = await edge.MerchantAsync();
            await edge.EndpointAsync(key, Somewhere);
            await edge.EndpointAsync(key, Somewhere);
            GatewayEvent happened = DeliveryWorld.EventOf(edge, merchant);
            StorageDeath death = new(deaths + 1, before);
            await using (Edge doomed = await Edge.StartAsync(storage, death))
                died = await Record.ExceptionAsync(
                    () => doomed.Get<EventPublisher>().PublishAsync(happened, default)) is not null;

            await edge.Get<EventPublisher>().PublishAsync(happened, default);

            Assert.Equal((1, 2), await CountAsync(edge, merchant));
            Assert.InRange(await MessagesAsync(edge, merchant), 2, 4);
        }
        Assert.True(
            deaths >= 7, $"{deaths} writes were tried: event, and for each endpoint pointer, delivery and message");
    }

    [Fact]
    public async Task Events_told_together_are_each_stored_once_though_one_of_them_was_told_before()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string merchant, string key) = await edge.MerchantAsync();
        await edge.EndpointAsync(key, Somewhere);
        GatewayEvent[] happened = [DeliveryWorld.EventOf(edge, merchant), DeliveryWorld.EventOf(edge, merchant), DeliveryWorld.EventOf(edge, merchant)];

        await edge.Get<EventPublisher>().PublishAsync(happened[1], default);
        await edge.Get<EventPublisher>().PublishAsync(happened, default);

        Assert.Equal((3, 3), await CountAsync(edge, merchant));
    }

    [Fact]
    public async Task Only_endpoints_that_want_an_event_get_it()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string merchant, string key) = await edge.MerchantAsync();
        (string all, _) = await edge.EndpointAsync(key, Somewhere);
        (string invoices, _) = await edge.EndpointAsync(key, Somewhere, "invoice.*");
        await edge.EndpointAsync(key, Somewhere, "invoice.expired", "wallet.*");
        GatewayEvent happened = DeliveryWorld.EventOf(edge, merchant);
        edge.Clock.Advance(TimeSpan.FromMinutes(1));
        await edge.EndpointAsync(key, Somewhere);

        await edge.Get<EventPublisher>().PublishAsync(happened, default);
        await edge.Get<EventPublisher>().PublishAsync(DeliveryWorld.EventOf(edge, merchant) with { Livemode = true }, default);

        List<string> told = [];
        await foreach (TableEntity row in Deliveries(edge, merchant))
            told.Add(row.PartitionKey);
        Assert.Equal(new[] { Key.Of(merchant, all), Key.Of(merchant, invoices) }.Order(), told.Order());
    }

    [Fact]
    public async Task A_body_of_64_KiB_is_kept_whole_and_a_longer_one_is_refused()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string merchant, _) = await edge.MerchantAsync();
        GatewayEvent happened = DeliveryWorld.EventOf(edge, merchant) with { Body = new string('ü', GatewayEvent.MaxBodyBytes / 2) };

        await edge.Get<EventPublisher>().PublishAsync(happened, default);

        Assert.Equal(happened.Body, (await edge.Get<EventPublisher>().FindAsync(merchant, happened.Id, default))!.Body);
        await Assert.ThrowsAsync<ArgumentException>(
            () => edge.Get<EventPublisher>().PublishAsync(happened with { Body = happened.Body + "x" }, default));
    }

    private static Uri Somewhere { get; } = new("https://shop.example/hook");

    private static async Task<(int Events, int Deliveries)> CountAsync(Edge edge, string merchant)
    {
        int events = 0, deliveries = 0;
        await foreach (TableEntity _ in edge.Tables.Events.QueryAsync<TableEntity>(row => row.PartitionKey == merchant))
            events++;
        await foreach (TableEntity _ in Deliveries(edge, merchant))
            deliveries++;
        return (events, deliveries);
    }

    private static Azure.AsyncPageable<TableEntity> Deliveries(Edge edge, string merchant) =>
        edge.Tables.Deliveries.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter(
                $"PartitionKey ge {merchant + "!"} and PartitionKey lt {Key.After(merchant + "!")}"));

    private static async Task<int> MessagesAsync(Edge edge, string merchant)
    {
        QueueClient queue = edge.Get<QueueServiceClient>().GetQueueClient(DeliveryQueue.Fast);
        int mine = 0;
        while ((await queue.ReceiveMessageAsync()).Value is { } message)
        {
            mine += message.MessageText.StartsWith(merchant, StringComparison.Ordinal) ? 1 : 0;
            await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt);
        }
        return mine;
    }
}
