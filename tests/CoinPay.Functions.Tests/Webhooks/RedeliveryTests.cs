using System.Net;
using System.Text.Json;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Events;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

/// <summary>Pings and redeliveries by hand.</summary>
public sealed class RedeliveryTests
{
    private static readonly Uri Other = new("https://other.example/hook");

    [Fact]
    public async Task A_ping_goes_to_its_endpoint_alone_whatever_the_filters()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync("invoice.paid");
        await shop.Edge.EndpointAsync(shop.Key, Other);

        EdgeAnswer pinged = (await PingAsync(shop, "once")).Expect(HttpStatusCode.Created);
        Assert.Equal(pinged.Text, (await PingAsync(shop, "once")).Text);
        await shop.DeliverAsync();

        Sent sent = Assert.Single(shop.Internet.Sent);
        Assert.Equal((MemoryShop.Url, pinged["id"]), (sent.Url, sent.Id));
        JsonElement body = JsonDocument.Parse(sent.Body).RootElement;
        Assert.Equal("ping", body.GetProperty("type").GetString());
        Assert.Equal(
            shop.EndpointId, body.GetProperty("data").GetProperty("webhook_endpoint").GetProperty("id").GetString());
        JsonElement delivery = Assert.Single((await shop.EventAsync(sent.Id)).Json.GetProperty("deliveries").EnumerateArray());
        Assert.Equal("delivered", delivery.GetProperty("status").GetString());
    }

    [Fact]
    public async Task An_event_is_delivered_again_under_its_id_to_whoever_takes_it()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        await shop.Edge.EndpointAsync(shop.Key, Other, "invoice.*");
        await shop.Edge.EndpointAsync(shop.Key, new("https://third.example/"), "wallet.changed");
        GatewayEvent happened = await shop.PublishAsync();
        await shop.DeliverAsync();
        Assert.Equal(2, shop.Internet.Sent.Count);

        (await RedeliverAsync(shop, happened.Id, key: "once")).Expect(HttpStatusCode.Accepted);
        (await RedeliverAsync(shop, happened.Id, key: "once")).Expect(HttpStatusCode.Accepted);
        await shop.DeliverAsync();

        Assert.Equal(4, shop.Internet.Sent.Count);
        Assert.Equal(2, shop.Internet.To(Other).Count());
        Assert.All(shop.Internet.Sent, sent => Assert.Equal((happened.Id, happened.Body), (sent.Id, sent.Body)));
        Delivery again = await shop.DeliveryAsync(happened.Id);
        Assert.Equal((DeliveryStatus.Delivered, 2, 2), (again.Status, again.Attempts.Count, again.AttemptsEver));
    }

    [Fact]
    public async Task A_dead_delivery_has_a_whole_schedule_before_it_again()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        GatewayEvent happened = await shop.PublishAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.InternalServerError);
        for (int attempt = 0; attempt < 18; attempt++)
            await ScheduleTests.NextAttemptAsync(shop, happened.Id);
        Assert.Equal(DeliveryStatus.Dead, (await shop.DeliveryAsync(happened.Id)).Status);
        (await RedeliverAsync(shop, happened.Id)).ExpectProblem(HttpStatusCode.Conflict, "no_endpoint");
        await shop.ChangeAsync(new { disabled = false });

        (await RedeliverAsync(shop, happened.Id)).Expect(HttpStatusCode.Accepted);
        await shop.DeliverAsync();

        Delivery again = await shop.DeliveryAsync(happened.Id);
        Assert.Equal((DeliveryStatus.Pending, 19, 1), (again.Status, again.Attempts.Count, again.Attempts.Count - again.EarlierAttempts));
        Assert.InRange(again.NextAttemptAt - shop.Now, TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(5.5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_redelivery_that_is_cut_short_at_any_write_and_repeated_loses_nothing(bool before)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            await using MemoryShop shop = await MemoryShop.StartAsync();
            GatewayEvent happened = await shop.PublishAsync();
            await shop.DeliverAsync();
            await using (Edge doomed = await shop.EdgeAsync(new StorageDeath(deaths + 1, before)))
                died = await Record.ExceptionAsync(() => RedeliverAsync(shop, happened.Id, key: "k", on: doomed)) is not null;
            shop.Pass(TimeSpan.FromMinutes(1));

            (await RedeliverAsync(shop, happened.Id, key: "k")).Expect(HttpStatusCode.Accepted);
            await shop.DeliverAsync();

            Assert.Equal(2, shop.Internet.Sent.Count);
            Assert.Equal(DeliveryStatus.Delivered, (await shop.DeliveryAsync(happened.Id)).Status);
        }
        Assert.True(deaths >= 5, $"{deaths} writes were tried: claim, pointer, row, message, answer");
    }

    [Fact]
    public async Task What_cannot_be_delivered_again_says_why()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync("invoice.expired");
        GatewayEvent happened = await shop.PublishAsync();
        (_, string stranger) = await shop.Edge.MerchantAsync();

        (await RedeliverAsync(shop, happened.Id)).ExpectProblem(HttpStatusCode.Conflict, "no_endpoint");
        (await RedeliverAsync(shop, happened.Id, endpoint: shop.EndpointId)).Expect(HttpStatusCode.Accepted);
        (await RedeliverAsync(shop, happened.Id, endpoint: "whe_1")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await RedeliverAsync(shop, "evt_1")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await shop.Edge.CallAsync<RedeliverEvent>(
            (function, request) => function.Run(request, happened.Id, default), stranger))
            .ExpectProblem(HttpStatusCode.NotFound, "not_found");
        await shop.ChangeAsync(new { disabled = true });
        (await RedeliverAsync(shop, happened.Id, endpoint: shop.EndpointId))
            .ExpectProblem(HttpStatusCode.Conflict, "endpoint_disabled");
        (await PingAsync(shop)).ExpectProblem(HttpStatusCode.Conflict, "endpoint_disabled");
    }

    [Fact]
    public async Task What_an_endpoint_has_not_got_is_listed_as_failed_until_it_gets_it()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        List<string> failed = [];
        for (int number = 0; number < 250; number++)
        {
            shop.Internet.AlwaysAnswer(number % 100 == 7 ? HttpStatusCode.BadGateway : HttpStatusCode.OK);
            GatewayEvent happened = await shop.PublishAsync();
            await shop.DeliverAsync();
            if (number % 100 == 7)
                failed.Insert(0, happened.Id);
            shop.Pass(TimeSpan.FromMilliseconds(2));
        }

        Assert.Equal(failed, await FailedAsync(shop, "?delivery=failed"));
        Assert.Equal(failed[..2], await FailedAsync(shop, "?delivery=failed&limit=2"));
        Assert.Equal(failed, await FailedAsync(shop, "?delivery=failed&type=invoice.*"));
        Assert.Empty(await FailedAsync(shop, "?delivery=failed&type=wallet.*"));

        shop.Internet.AlwaysAnswer(HttpStatusCode.OK);
        await shop.DeliverAsync(within: TimeSpan.FromSeconds(10));
        Assert.Empty(await FailedAsync(shop, "?delivery=failed"));
    }

    [Fact]
    public async Task An_invoice_counts_the_attempts_of_all_its_events()
    {
        await using MemoryShop shop = await MemoryShop.StartAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.ServiceUnavailable);
        await shop.PublishAsync("invoice.created", "inv_7");
        await shop.DeliverAsync();
        shop.Internet.AlwaysAnswer(HttpStatusCode.Accepted);
        await shop.DeliverAsync(within: TimeSpan.FromSeconds(10));
        await shop.PublishAsync("invoice.paid", "inv_7");
        await shop.PublishAsync("invoice.paid", "inv_8");
        await shop.DeliverAsync();

        Assert.Equal((3, 202), await TallyAsync(shop, "inv_7"));
        Assert.Equal((1, 202), await TallyAsync(shop, "inv_8"));
    }

    private static async Task<(int Attempts, int? LastStatus)> TallyAsync(MemoryShop shop, string invoiceId)
    {
        List<TableEntity> rows = [];
        await foreach (TableEntity row in shop.Edge.Tables.Invoices.RangeAsync(
            Key.Of(shop.MerchantId, invoiceId), InvoiceWebhooks.Prefix, default))
            rows.Add(row);
        WebhookTally tally = WebhookTally.Of(rows);
        return (tally.Attempts, tally.LastStatus);
    }

    private static async Task<List<string>> FailedAsync(MemoryShop shop, string query) =>
        [.. (await shop.CallAsync<ListEvents>((function, request) => function.Run(request, default), query: query))
            .Expect(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray()
            .Select(listed => listed.GetProperty("id").GetString()!)];

    private static Task<EdgeAnswer> PingAsync(MemoryShop shop, string? key = null) =>
        shop.CallAsync<TestWebhookEndpoint>(
            (function, request) => function.Run(request, shop.EndpointId, default), idempotencyKey: key);

    private static Task<EdgeAnswer> RedeliverAsync(
        MemoryShop shop, string eventId, string? endpoint = null, string? key = null, Edge? on = null) =>
        shop.CallAsync<RedeliverEvent>(
            (function, request) => function.Run(request, eventId, default),
            endpoint is null ? null : new { endpoint_id = endpoint }, key, on);
}
