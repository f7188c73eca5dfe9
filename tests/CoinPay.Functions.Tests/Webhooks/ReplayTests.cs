using System.Net;
using System.Text.Json;
using Azure.Storage.Queues;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Events;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class ReplayTests
{
    /// <summary>More than two batches.</summary>
    private const int Many = 2 * ReplayRun.BatchSize + 30;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_event_of_the_range_that_the_filters_take_comes_again_under_its_id()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync("invoice.*");
        await PublishAsync(shop, Many);
        shop.Pass(TimeSpan.FromMilliseconds(1));
        DateTimeOffset since = shop.Now;
        List<string> wanted = await PublishAsync(shop, Many);
        DateTimeOffset until = shop.Now;
        shop.Pass(TimeSpan.FromMilliseconds(1));
        await PublishAsync(shop, 3);
        await shop.PublishAsync("wallet.changed");
        await shop.DeliverAsync(Long);
        shop.Internet.Forget();

        EdgeAnswer asked = (await ReplayAsync(shop, since, until)).Expect(HttpStatusCode.Accepted);
        Assert.Equal("running", asked["status"]);
        await shop.DeliverAsync(Long);

        Assert.Equal(wanted.Order(), shop.Internet.Sent.Select(sent => sent.Id).Order());
        JsonElement shown = (await shop.EndpointAsync()).Json.GetProperty("replay");
        Assert.Equal(asked["id"], shown.GetProperty("id").GetString());
        Assert.Equal(("finished", Many), (shown.GetProperty("status").GetString(), shown.GetProperty("events").GetInt32()));
        Assert.False(await IsAnythingDueAsync(shop));
    }

    [Fact]
    public async Task A_new_endpoint_can_have_what_happened_before_it_and_no_pings_of_others()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        DateTimeOffset since = shop.Now;
        List<string> ids = await PublishAsync(shop, 3);
        (await shop.CallAsync<TestWebhookEndpoint>(
            (function, request) => function.Run(request, shop.EndpointId, default))).Expect(HttpStatusCode.Created);
        await shop.DeliverAsync();
        Uri late = new("https://late.example/hook");
        (string id, _) = await shop.Edge.EndpointAsync(shop.Key, late);

        (await ReplayAsync(shop, since, endpoint: id)).Expect(HttpStatusCode.Accepted);
        await shop.DeliverAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(ids.Order(), shop.Internet.To(late).Select(sent => sent.Id).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_replay_cut_short_at_any_write_of_a_batch_goes_on_and_sends_nothing_twice(bool before)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            await using MemoryShop shop = await MemoryShop.StartAsync();
            DateTimeOffset since = shop.Now;
            List<string> ids = await PublishAsync(shop, 3);
            await shop.DeliverAsync();
            shop.Internet.Forget();
            string replay = (await ReplayAsync(shop, since))["id"]!;
            ReplayAddress address = new(shop.MerchantId, shop.EndpointId, replay);

            await using (Edge doomed = await shop.EdgeAsync(new StorageDeath(deaths + 1, before)))
                died = await Record.ExceptionAsync(() => doomed.Get<ReplayRun>().HandleAsync(address, default)) is not null;
            await shop.DeliverAsync(TimeSpan.FromSeconds(10));

            Assert.Equal(ids.Order(), shop.Internet.Sent.Select(sent => sent.Id).Order());
            Assert.Equal(
                "finished", (await shop.EndpointAsync()).Json.GetProperty("replay").GetProperty("status").GetString());
            Assert.False(await IsAnythingDueAsync(shop));
        }
        Assert.True(deaths >= 11, $"{deaths} writes were tried: pointer, row, message of three events; the replay; its pointer");
    }

    [Fact]
    public async Task A_replay_whose_message_is_lost_is_found_by_the_sweeper()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        DateTimeOffset since = shop.Now;
        List<string> ids = await PublishAsync(shop, 3);
        await shop.DeliverAsync();
        shop.Internet.Forget();
        await ReplayAsync(shop, since);
        await shop.Edge.Get<QueueServiceClient>().GetQueueClient(DeliveryQueue.Slow).ClearMessagesAsync();

        shop.Pass(SweepDeliveries.Overdue + TimeSpan.FromSeconds(1));
        await shop.Edge.Function<SweepDeliveries>().SweepAsync(default);
        await shop.DeliverAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(ids.Order(), shop.Internet.Sent.Select(sent => sent.Id).Order());
    }

    [Fact]
    public async Task One_replay_runs_at_a_time_and_a_disabled_endpoint_ends_it()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        DateTimeOffset since = shop.Now;
        await PublishAsync(shop, 3);

        EdgeAnswer first = (await ReplayAsync(shop, since, key: "once")).Expect(HttpStatusCode.Accepted);
        Assert.Equal(first.Text, (await ReplayAsync(shop, since, key: "once")).Text);
        (await ReplayAsync(shop, since)).ExpectProblem(HttpStatusCode.Conflict, "replay_running");
        await shop.ChangeAsync(new { disabled = true });
        await shop.DeliverAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(shop.Internet.Sent);
        Assert.Equal(
            "cancelled", (await shop.EndpointAsync()).Json.GetProperty("replay").GetProperty("status").GetString());
        (await ReplayAsync(shop, since)).ExpectProblem(HttpStatusCode.Conflict, "endpoint_disabled");
    }

    [Theory]
    [InlineData("""{}""", "/since")]
    [InlineData("""{"since":null}""", "/since")]
    [InlineData("""{"since":"2031-05-06T07:00:00Z","until":"2031-05-06T06:00:00Z"}""", "/until")]
    [InlineData("""{"since":"2099-01-01T00:00:00Z"}""", "/since")]
    [InlineData("""{"since":"yesterday"}""", "/since")]
    [InlineData("""{"since":"2031-05-06T07:00:00Z","to":"x"}""", "/to")]
    public async Task A_range_that_makes_no_sense_is_refused(string body, string pointer)
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        EdgeAnswer refused = await shop.CallAsync<ReplayWebhooks>(
            (function, request) => function.Run(request, shop.EndpointId, default), body);
        refused.Expect(HttpStatusCode.BadRequest);
        Assert.Contains(
            pointer, refused.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("pointer").GetString()));
    }

    private static async Task<List<string>> PublishAsync(MemoryShop shop, int count)
    {
        List<string> ids = [];
        for (int number = 0; number < count; number++)
        {
            ids.Add((await shop.PublishAsync()).Id);
            if (number < count - 1)
                shop.Pass(TimeSpan.FromMilliseconds(1));
        }
        return ids;
    }

    private static Task<EdgeAnswer> ReplayAsync(
        MemoryShop shop, DateTimeOffset since, DateTimeOffset? until = null, string? endpoint = null, string? key = null)
    {
        object body = until is { } end ? new { since = Json.Time(since), until = Json.Time(end) } : new { since = Json.Time(since) };
        return shop.CallAsync<ReplayWebhooks>(
            (function, request) => function.Run(request, endpoint ?? shop.EndpointId, default), body, key);
    }

    private static async Task<bool> IsAnythingDueAsync(MemoryShop shop)
    {
        await foreach (string _ in shop.Edge.Get<DueWork>().DueBeforeAsync(shop.Now.AddYears(1), default))
            return true;
        return false;
    }
}
