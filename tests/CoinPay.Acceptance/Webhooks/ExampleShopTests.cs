using System.Net;
using System.Text;
using CoinPay.Acceptance.World;
using CoinPay.Core;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Processes;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary>
/// scripts/examples/shop.mjs sells one thing over a real chain, and ships it once whatever is delivered. In a world of its own: its
/// endpoint would get others' webhooks, and be counted with theirs.
/// </summary>
public sealed class ExampleShopTests(TestWorld world) : IClassFixture<TestWorld>
{
    [Fact]
    public async Task The_example_shop_ships_once_however_often_it_is_told()
    {
        int port = LocalProcess.FreePort();
        Uri address = new($"http://127.0.0.1:{port}/");
        string secret = (await world.Merchant.PostAsync("/v1/webhook-endpoints", new { url = address })).Expect(HttpStatusCode.Created)["secret"]!;
        await using LocalProcess shop = await LocalProcess.StartAsync(
            "node",
            [Path.Combine(RepositoryFiles.Root, "scripts/examples/shop.mjs")],
            started => Task.FromResult(started.Output.Contains("the shop is open", StringComparison.Ordinal)),
            new Dictionary<string, string?>
            {
                ["GATEWAY"] = world.Gateway.Address.ToString().TrimEnd('/'),
                ["API_KEY"] = world.MerchantKey,
                ["WEBHOOK_SECRET"] = secret,
                ["PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            });

        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        await world.PayTokenAsync(invoice["payment.address"]!, 49_900_000);
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        Received paid = await world.WaitForWebhookAsync(invoice["id"]!, "invoice.paid");
        await world.WaitForAsync(() => Task.FromResult(shop.Output), text => text.Contains("shipped A-1001", StringComparison.Ordinal), "the shop to ship");

        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(address, secret, paid.Body));
        Assert.Equal(HttpStatusCode.NoContent, await DeliverAsync(address, secret, paid.Body));
        Assert.Equal(HttpStatusCode.Unauthorized, await DeliverAsync(address, world.WebhookSecret, paid.Body));
        Assert.Single(shop.Output.Split('\n'), line => line.Contains("shipped", StringComparison.Ordinal));
        Assert.Equal("fulfilled", (await world.InvoiceAsync(invoice["id"]!))["fulfilment.status"]);
    }

    private static async Task<HttpStatusCode> DeliverAsync(Uri shop, string secret, string body)
    {
        using HttpClient http = new();
        using HttpRequestMessage request = new(HttpMethod.Post, shop) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        DateTimeOffset now = DateTimeOffset.UtcNow;
        request.Headers.Add(StandardWebhook.IdHeader, "evt_again");
        request.Headers.Add(StandardWebhook.TimestampHeader, StandardWebhook.Seconds(now));
        request.Headers.Add(
            StandardWebhook.SignatureHeader, StandardWebhook.Sign(StandardWebhook.ReadSecret(secret)!, "evt_again", now, Encoding.UTF8.GetBytes(body)));
        using HttpResponseMessage answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
