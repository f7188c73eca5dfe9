using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using Xunit;

namespace CoinPay.Acceptance.Telemetry;

/// <summary>One invoice's life on real nodes, as Azure Monitor's real exporter tells it.</summary>
public sealed class MonitoredLifeTests(MonitoredWorld world) : IClassFixture<MonitoredWorld>
{
    [Fact]
    public async Task A_life_is_one_trace_from_the_request_to_the_webhook_and_its_id_stands_on_every_span_and_line()
    {
        ApiAnswer invoice = (await world.Merchant.PostAsync("/v1/invoices", new
        {
            order_id = "private-order",
            customer_reference = "private-reference",
            price = new { amount = "49.90", currency = "USDT" },
            network = "anvil",
            asset = "USDT",
            metadata = new Dictionary<string, string> { ["mail"] = "someone@private.example" },
        })).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        await world.PayTokenAsync(invoice["payment.address"]!, 49_900_000);
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        await world.WaitForWebhookAsync(id, "invoice.paid");
        (await world.Merchant.GetAsync("/v1/search?q=private-reference")).Expect(HttpStatusCode.OK);
        await world.InvoiceAsync(id);

        await world.WaitForSentAsync(
            sent => sent.InvoiceId == id && sent.Name == "webhook.deliver" && sent["coinpay.event_type"] == "invoice.paid",
            "the delivery's span");
        await world.WaitForSentAsync(
            sent => sent.Type == "MessageData" && sent.Name!.Contains(id) && sent.Name.Contains("invoice.paid"), "the delivery's line");
        Sent request = await world.WaitForSentAsync(
            sent => sent.Name == "POST /v1/invoices" && sent.InvoiceId == id, "the creating request's span");
        await world.WaitForSentAsync(sent => sent.Name == "GET /v1/invoices/{id}" && sent.InvoiceId == id, "the reading request's span");

        Sent[] all = [.. world.Ingestion.All];
        string[] continuing = ["invoice.advance", "webhook.deliver"];
        Sent[] life = [.. all.Where(sent => sent.IsSpan && sent.InvoiceId == id && continuing.Contains(sent.Name))];
        Assert.Equal(continuing, life.Select(span => span.Name).Distinct().Order());
        Assert.All(life, span => Assert.Equal(request.Trace, span.Trace));
        AssertLinkedToItsPoll(all, life, id);
        // The Durable SDK's own lines have the id as theirs, instanceId.
        Assert.All(
            all.Where(sent => sent.Type == "MessageData" && sent.Name!.Contains(id, StringComparison.Ordinal)
                && sent["CategoryName"]!.StartsWith("CoinPay.", StringComparison.Ordinal)),
            line => Assert.Equal(id, line.InvoiceId));
        Assert.Contains(all, sent => sent.IsSpan && sent.Name == "function AdvanceInvoice" && sent.InvoiceId == id);
        Assert.Contains(all, sent => sent.IsSpan && sent.Name == "function DeliverWebhook" && sent.InvoiceId == id);
        Assert.Contains(all, sent => sent.Name == "GET /v1/search");
        AssertNothingPrivate(world.Ingestion.Text);
        Assert.All(world.Receiver.All, received => Assert.Null(received.TraceParent));
    }

    /// <summary>The advance that took the payment up names the poll that saw it; that poll is another trace, with a wake in it.</summary>
    private static void AssertLinkedToItsPoll(Sent[] all, Sent[] life, string id)
    {
        string[] linked = [.. life.Where(span => span.Name == "invoice.advance").SelectMany(Links)];
        Assert.Contains(all, sent => sent.Name == "function PollChain" && linked.Contains(sent.Trace));
        Assert.Contains(all, sent => sent.Name == "invoice.wake" && sent.InvoiceId == id && linked.Contains(sent.Trace));
    }

    private static IEnumerable<string> Links(Sent span) =>
        span["_MS.links"] is { } links ? JsonNode.Parse(links)!.AsArray().Select(link => link!["operation_Id"]!.GetValue<string>()) : [];

    private void AssertNothingPrivate(string text)
    {
        string[] kept = [world.MerchantKey, world.WebhookSecret, GatewayProcess.OperatorKey, "private-", "private.example", "pepper-of-a-test"];
        Assert.All(kept, secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }
}
