using Azure.Data.Tables;
using CoinPay.Functions.Maintenance;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Tests.Webhooks;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Events;
using CoinPay.Testing.Gateway;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Maintenance;

public sealed class RetentionTests
{
    [Fact]
    public async Task Deliveries_are_kept_for_sixty_days_since_they_were_begun()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        GatewayEvent old = await shop.PublishAsync();
        GatewayEvent redelivered = await shop.PublishAsync();
        await shop.DeliverAsync();
        shop.Pass(ExpiredDeliveries.Kept - TimeSpan.FromDays(1));
        await RedeliverAsync(shop, redelivered);
        GatewayEvent young = await shop.PublishAsync();
        await shop.DeliverAsync();

        Assert.Equal(0, await shop.Edge.Get<ExpiredDeliveries>().RemoveAsync(default));
        shop.Pass(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        Assert.Equal(1, await shop.Edge.Get<ExpiredDeliveries>().RemoveAsync(default));

        Assert.Equal(new[] { redelivered.Id, young.Id }.Order(), (await DeliveriesAsync(shop)).Order());
        Assert.Equal(old.Id, (await shop.EventAsync(old.Id))["id"]);
    }

    [Fact]
    public async Task A_run_looks_at_so_many_endpoints_and_the_next_goes_on_even_in_another_process()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        const int Endpoints = ExpiredDeliveries.MaxPartitions + 20;
        for (int number = 0; number < Endpoints; number++)
        {
            string id = Id.New("evt", shop.Now);
            DeliveryAddress address = new(shop.MerchantId, Id.New("whe", shop.Now), id);
            await shop.Edge.Get<DeliveryStore>().TryAddAsync(Delivery.New(address, "whe_any", shop.Now), default);
        }
        shop.Pass(ExpiredDeliveries.Kept + TimeSpan.FromMinutes(1));

        Assert.Equal(ExpiredDeliveries.MaxPartitions, await shop.Edge.Get<ExpiredDeliveries>().RemoveAsync(default));
        await shop.RestartAsync();
        Assert.Equal(20, await shop.Edge.Get<ExpiredDeliveries>().RemoveAsync(default));
        Assert.Empty(await DeliveriesAsync(shop));
    }

    [Fact]
    public async Task Orchestrations_that_completed_long_ago_are_purged_where_a_setting_says_so()
    {
        FakeTimeProvider clock = new(new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero));
        GatewaySettings settings = new() { IsDevelopment = true, WalletDelay = TimeSpan.Zero };
        await using FewInstances durable = new();
        durable.Instances["long ago"] = OrchestrationRuntimeStatus.Completed;
        durable.Instances["just now"] = OrchestrationRuntimeStatus.Completed;
        durable.Instances["failed"] = OrchestrationRuntimeStatus.Failed;
        durable.Instances["running"] = OrchestrationRuntimeStatus.Running;
        durable.UpdatedAt["just now"] = clock.GetUtcNow() - TimeSpan.FromDays(1);

        Assert.Equal(0, await new FinishedInstances(settings, clock).RemoveAsync(durable, default));
        FinishedInstances kept90Days = new(settings with { KeepFinishedInstances = TimeSpan.FromDays(90) }, clock);
        Assert.Equal(1, await kept90Days.RemoveAsync(durable, default));

        Assert.Equal(["failed", "just now", "running"], durable.Instances.Keys.Order());
    }

    private static Task<EdgeAnswer> RedeliverAsync(MemoryShop shop, GatewayEvent happened) =>
        shop.CallAsync<RedeliverEvent>((function, request) => function.Run(request, happened.Id, default));

    private static async Task<List<string>> DeliveriesAsync(MemoryShop shop)
    {
        List<string> ids = [];
        await foreach (TableEntity row in shop.Edge.Tables.Deliveries.QueryAsync<TableEntity>())
            ids.Add(row.RowKey);
        return ids;
    }
}
