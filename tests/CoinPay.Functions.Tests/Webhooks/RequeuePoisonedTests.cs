using Azure.Storage.Queues;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class RequeuePoisonedTests
{
    private static readonly string[] Queues = [DeliveryQueue.Fast, DeliveryQueue.Slow];

    [Fact]
    public async Task A_gateway_where_nothing_ever_failed_has_no_poison_queue_and_needs_none()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        await RequeueAsync(shop.Edge);
        Assert.Equal(0, await shop.Edge.DeliverAllAsync());
    }

    [Fact]
    public async Task Poisoned_messages_go_back_and_what_is_none_of_ours_is_dropped()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        GatewayEvent happened = await shop.PublishAsync();
        await ClearAsync(shop);
        QueueServiceClient raw = shop.Storage.RawQueues();
        foreach (string name in Queues)
        {
            QueueClient poison = await PoisonAsync(shop, name);
            for (int number = 0; number < 40; number++)
                await poison.SendMessageAsync(AddressOf(shop, happened));
            await poison.SendMessageAsync("nonsense");
            await raw.GetQueueClient(poison.Name).SendMessageAsync("{no base64}");
        }

        await RequeueAsync(shop.Edge);
        foreach (string name in Queues)
            Assert.Equal(0, await CountAsync(raw, name + StorageClients.PoisonSuffix));
        Assert.Equal((0, 80), (await CountAsync(raw, DeliveryQueue.Fast), await CountAsync(raw, DeliveryQueue.Slow)));

        await shop.DeliverAsync();
        Assert.Equal(happened.Id, Assert.Single(shop.Internet.Sent).Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_write_loses_no_message(bool before)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            await using MemoryShop shop = await MemoryShop.StartAsync();
            GatewayEvent happened = await shop.PublishAsync();
            await ClearAsync(shop);
            await (await PoisonAsync(shop, DeliveryQueue.Fast)).SendMessageAsync(AddressOf(shop, happened));
            await using (Edge doomed = await shop.EdgeAsync(new StorageDeath(deaths + 1, before)))
                died = await Record.ExceptionAsync(() => RequeueAsync(doomed)) is KilledException;

            shop.Pass(TimeSpan.FromMinutes(5));
            await RequeueAsync(shop.Edge);
            await shop.DeliverAsync();
            Assert.Equal(happened.Id, Assert.Single(shop.Internet.Sent).Id);
        }
        Assert.Equal(2, deaths);
    }

    private static Task RequeueAsync(Edge edge) => edge.Function<RequeuePoisoned>().Run(new(), default);

    private static string AddressOf(MemoryShop shop, GatewayEvent happened) =>
        new DeliveryAddress(shop.MerchantId, shop.EndpointId, happened.Id).ToString();

    private static async Task<QueueClient> PoisonAsync(MemoryShop shop, string name)
    {
        QueueClient poison = shop.Edge.Get<QueueServiceClient>().GetQueueClient(name + StorageClients.PoisonSuffix);
        await poison.CreateAsync();
        return poison;
    }

    /// <summary>The messages that the host moved away; both queues stand.</summary>
    private static async Task ClearAsync(MemoryShop shop)
    {
        foreach (string name in Queues)
        {
            QueueClient queue = shop.Edge.Get<QueueServiceClient>().GetQueueClient(name);
            await queue.CreateIfNotExistsAsync();
            await queue.ClearMessagesAsync();
        }
    }

    private static async Task<int> CountAsync(QueueServiceClient queues, string name) =>
        (await queues.GetQueueClient(name).GetPropertiesAsync()).Value.ApproximateMessagesCount;
}
