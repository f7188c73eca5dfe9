using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary>Deliveries of the real gateway, from its queue.</summary>
[Collection(nameof(TestWorld))]
public sealed class LiveDeliveryTests(TestWorld world)
{
    [Fact]
    public async Task A_webhook_that_failed_before_a_stop_is_tried_again_after_it()
    {
        world.Receiver.Answer = _ => StatusCodes.Status500InternalServerError;
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        Received first = await world.WaitForWebhookAsync(invoice["id"]!, "invoice.created");
        await world.Gateway.StopAsync();
        world.Receiver.Answer = _ => StatusCodes.Status204NoContent;
        await world.Gateway.StartAsync();

        Received[] all = await world.WaitForAsync(
            () => Task.FromResult(world.Receiver.Of(invoice["id"]!).ToArray()), posts => posts.Length > 1, "a second attempt");
        JsonNode delivery = await world.WaitForAsync(
            () => DeliveryAsync(first.Id), shown => shown["status"]!.ToString() == "delivered", "the delivery to be recorded");

        Assert.All(all, post => Assert.Equal((first.Id, first.Body), (post.Id, post.Body)));
        Assert.Null(delivery["next_attempt_at"]);
        Assert.Equal("204", delivery["attempts"]!.AsArray()[^1]!["status"]!.ToString());
        ApiAnswer told = await world.WaitForAsync(
            () => world.InvoiceAsync(invoice["id"]!), shown => shown["webhooks.last_status"] == "204", "the invoice to count them");
        Assert.Equal($"{delivery["attempts"]!.AsArray().Count}", told["webhooks.attempts"]);
    }

    [Fact]
    public async Task A_ping_a_redelivery_and_a_replay_arrive_over_the_wire()
    {
        string path = "/v1/webhook-endpoints/" + world.WebhookEndpointId;
        string since = CoinPay.Functions.Platform.Json.Time(DateTimeOffset.UtcNow);
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        Received created = await world.WaitForWebhookAsync(invoice["id"]!, "invoice.created");

        ApiAnswer ping = (await world.Merchant.PostAsync(path + "/test", null)).Expect(HttpStatusCode.Created);
        (await world.Merchant.PostAsync($"/v1/events/{created.Id}/redeliver", null)).Expect(HttpStatusCode.Accepted);
        await CameAsync(ping["id"]!, 1);
        await CameAsync(created.Id, 2);
        (await world.Merchant.PostAsync(path + "/replay", new { since })).Expect(HttpStatusCode.Accepted);
        await CameAsync(created.Id, 3);
        await world.WaitForAsync(
            () => world.Merchant.GetAsync(path), shown => shown["replay.status"] == "finished", "the replay to end");
    }

    private Task<int> CameAsync(string eventId, int times) => world.WaitForAsync(
        () => Task.FromResult(world.Receiver.All.Count(received => received.Id == eventId)),
        count => count >= times,
        $"{eventId} to come for the {times}th time");

    [Fact]
    public async Task Every_event_of_an_invoice_stands_in_the_pull_feed_with_its_body()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        await world.PayTokenAsync(invoice["payment.address"]!, 49_900_000);
        await world.WaitForStatusAsync(id, "confirming");
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        await world.WaitForWebhookAsync(id, "invoice.paid");

        JsonArray feed = (await world.Merchant.GetAsync("/v1/events?invoice_id=" + id)).Expect(HttpStatusCode.OK).Json["data"]!.AsArray();

        Assert.Equal("invoice.paid", feed[0]!["type"]!.ToString());
        Assert.Equal("invoice.created", feed[^1]!["type"]!.ToString());
        foreach (Received told in world.Receiver.Of(id))
            Assert.Contains(feed, fed => fed!["id"]!.ToString() == told.Id && JsonNode.DeepEquals(fed["data"], told.Json["data"]));
    }

    private async Task<JsonNode> DeliveryAsync(string eventId) =>
        (await world.Merchant.GetAsync("/v1/events/" + eventId)).Expect(HttpStatusCode.OK).Json["deliveries"]!.AsArray().Single()!;
}
