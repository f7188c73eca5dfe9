using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

/// <summary>Eleven days of failing, in virtual time, through restarts.</summary>
public sealed class ScheduleTests
{
    private static readonly Uri Other = new("https://other.example/hook");

    [Fact]
    public async Task Eighteen_attempts_are_spread_over_eleven_days_through_restarts_and_then_the_endpoint_is_disabled()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync("invoice.*");
        await shop.Edge.EndpointAsync(shop.Key, Other, "endpoint.*");
        shop.Internet.Answer = sent => new(sent.Url == Other ? HttpStatusCode.OK : HttpStatusCode.InternalServerError);
        GatewayEvent happened = await shop.PublishAsync();
        DateTimeOffset began = shop.Now;
        List<string> statuses = [];

        for (int attempt = 0; attempt < 18; attempt++)
        {
            await shop.RestartAsync();
            await NextAttemptAsync(shop, happened.Id);
            Assert.Equal(attempt + 1, shop.Internet.To(MemoryShop.Url).Count());
            statuses.Add((await shop.EndpointAsync())["status"]!);
        }
        await shop.DeliverAsync();

        Delivery dead = await shop.DeliveryAsync(happened.Id);
        Assert.Equal((DeliveryStatus.Dead, 18), (dead.Status, dead.Attempts.Count));
        for (int attempt = 1; attempt < 18; attempt++)
        {
            TimeSpan waited = dead.Attempts[attempt].At - dead.Attempts[attempt - 1].At;
            TimeSpan planned = DeliverySchedule.Delays[attempt];
            Assert.InRange(waited, planned * 0.9 - TimeSpan.FromSeconds(1), planned * 1.1 + TimeSpan.FromSeconds(2));
        }
        Assert.InRange(shop.Now - began, TimeSpan.FromDays(10.7 * 0.9), TimeSpan.FromDays(10.7 * 1.1));
        // 17.6 h after the first failure it is still enabled; from 24 h on it is shown as failing.
        Assert.Equal(
            [.. Enumerable.Repeat("enabled", 8), .. Enumerable.Repeat("failing", 9), "disabled"], statuses);
        Assert.Equal("failing", (await shop.EndpointAsync())["disabled_reason"]);
        Sent told = Assert.Single(shop.Internet.To(Other));
        Assert.Equal(
            shop.EndpointId,
            JsonDocument.Parse(told.Body).RootElement.GetProperty("data").GetProperty("webhook_endpoint").GetProperty("id")
                .GetString());
        Assert.Equal("endpoint.disabled", (await shop.EventAsync(told.Id))["type"]);
    }

    [Fact]
    public async Task An_endpoint_that_took_anything_since_the_schedule_began_is_not_disabled()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        GatewayEvent refused = await shop.PublishAsync();
        shop.Internet.Answer = sent =>
            new(sent.Id == refused.Id ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.OK);
        for (int attempt = 0; attempt < 18; attempt++)
        {
            await NextAttemptAsync(shop, refused.Id);
            if (attempt == 9)
            {
                await shop.PublishAsync();
                await shop.DeliverAsync();
            }
        }

        Assert.Equal(DeliveryStatus.Dead, (await shop.DeliveryAsync(refused.Id)).Status);
        Assert.Equal("failing", (await shop.EndpointAsync())["status"]);
    }

    [Fact]
    public async Task A_success_that_another_process_did_not_note_counts_all_the_same()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.InternalServerError);
        GatewayEvent refused = await shop.PublishAsync();
        await NextAttemptAsync(shop, refused.Id);
        GatewayEvent taken = await shop.PublishAsync();
        Delivery delivery = await shop.DeliveryAsync(taken.Id);
        DeliveryAttempt success = new(shop.Now, 10, 200, "", null);
        Assert.True(await shop.Edge.Get<DeliveryStore>().TryReplaceAsync(delivery.After(success, 0.5), default));

        for (int attempt = 1; attempt < 18; attempt++)
            await NextAttemptAsync(shop, refused.Id);

        Assert.Equal("failing", (await shop.EndpointAsync())["status"]);
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_at_once_and_taken_into_use_again_by_PATCH()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.Gone);
        GatewayEvent gone = await shop.PublishAsync();
        await shop.DeliverAsync();
        EdgeAnswer disabled = await shop.EndpointAsync();
        Assert.Equal(("disabled", "gone"), (disabled["status"], disabled["disabled_reason"]));
        await shop.PublishAsync();
        await shop.DeliverAsync();
        Assert.Single(shop.Internet.Sent);

        shop.Internet.AlwaysAnswer(HttpStatusCode.OK);
        shop.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("enabled", (await shop.ChangeAsync(new { disabled = false }))["status"]);
        // A message of the old delivery that comes late does not disable it once more.
        await shop.Edge.TakeAsync(DeliveryQueue.Slow, new DeliveryAddress(shop.MerchantId, shop.EndpointId, gone.Id).ToString());
        Assert.Equal("enabled", (await shop.EndpointAsync())["status"]);
        GatewayEvent next = await shop.PublishAsync();
        await shop.DeliverAsync();
        Assert.Equal(next.Id, shop.Internet.Sent[^1].Id);
    }

    [Theory]
    [InlineData(3600, 3600)]
    [InlineData(90_000, 86_400)]
    [InlineData(1, 4)]
    public async Task Retry_after_is_honoured_up_to_a_day_and_never_hastens(int seconds, int least)
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Internet.Answer = _ =>
        {
            HttpResponseMessage busy = new(HttpStatusCode.TooManyRequests);
            busy.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
            return busy;
        };
        GatewayEvent happened = await shop.PublishAsync();
        await shop.DeliverAsync();

        TimeSpan wait = (await shop.DeliveryAsync(happened.Id)).NextAttemptAt - shop.Now;
        Assert.InRange(wait.TotalSeconds, least, least + 2);
    }

    [Fact]
    public async Task What_waits_for_a_failing_endpoint_does_not_stand_on_the_fast_queue()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        await shop.PublishAsync();
        await shop.PublishAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.BadGateway);
        await shop.DeliverAsync();
        Assert.Equal(2, shop.Internet.Sent.Count);

        shop.Internet.AlwaysAnswer(HttpStatusCode.OK);
        GatewayEvent third = await shop.PublishAsync();
        await shop.Edge.TakeAsync(DeliveryQueue.Fast, new DeliveryAddress(shop.MerchantId, shop.EndpointId, third.Id).ToString());
        Assert.Equal(2, shop.Internet.Sent.Count);

        await shop.DeliverAsync();
        Assert.Equal(third.Id, shop.Internet.Sent[^1].Id);
    }

    /// <summary>Turns the clock to when a delivery is due next, and lets everything that is due be handled.</summary>
    internal static async Task NextAttemptAsync(MemoryShop shop, string eventId)
    {
        DateTimeOffset due = (await shop.DeliveryAsync(eventId)).NextAttemptAt;
        if (due > shop.Now)
            shop.PassUntil(due + TimeSpan.FromSeconds(1));
        await shop.DeliverAsync();
    }
}
