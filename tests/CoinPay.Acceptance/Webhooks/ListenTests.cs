using System.Diagnostics;
using System.Net;
using CoinPay.Acceptance.Checkout;
using CoinPay.Core;
using CoinPay.Testing;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance.Webhooks;

/// <summary><c>scripts/listen.sh</c> against the real gateway: every event once, signed, and on from where it stopped.</summary>
public sealed class ListenTests(CheckoutWorld world) : IClassFixture<CheckoutWorld>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    [Fact]
    public async Task Events_are_forwarded_signed_and_once_and_a_second_run_goes_on_where_the_first_stopped()
    {
        await using WebhookReceiver shop = await WebhookReceiver.StartAsync();
        string state = Path.Combine(Directory.CreateTempSubdirectory("coinpay-listen-").FullName, "state.json");
        string before = await InvoiceAsync();
        await ExpectAsync(0, shop, state);
        Assert.DoesNotContain(shop.All, received => received.InvoiceId == before);

        string first = await InvoiceAsync(), second = await InvoiceAsync();
        await ExpectAsync(0, shop, state);
        await ExpectAsync(0, shop, state);
        string third = await InvoiceAsync();
        await ExpectAsync(0, shop, state);

        Assert.Equal([first, second, third], shop.All.Select(received => received.InvoiceId));
        Assert.All(shop.All, received => Assert.True(StandardWebhook.Verify(
            Secret, received.Id, received.Timestamp, received.Signature, System.Text.Encoding.UTF8.GetBytes(received.Body), DateTimeOffset.UtcNow)));
        Assert.All(shop.All, received => Assert.Equal("invoice.created", received.Type));
    }

    [Fact]
    public async Task An_event_that_the_shop_refuses_is_forwarded_again_and_none_before_it()
    {
        await using WebhookReceiver shop = await WebhookReceiver.StartAsync();
        string state = Path.Combine(Directory.CreateTempSubdirectory("coinpay-listen-").FullName, "state.json");
        await ExpectAsync(0, shop, state);
        string first = await InvoiceAsync(), second = await InvoiceAsync();
        shop.Answer = received => received.InvoiceId == second ? 500 : 204;
        await ExpectAsync(1, shop, state);
        shop.Answer = _ => 204;
        await ExpectAsync(0, shop, state);
        Assert.Equal([first, second, second], shop.All.Select(received => received.InvoiceId));
    }

    /// <summary>A new invoice, once the feed has its creation.</summary>
    private async Task<string> InvoiceAsync()
    {
        string id = (await world.Merchant.PostAsync(
            "/v1/invoices", new { price = new { amount = "5", currency = "USDT" }, network = "anvil", asset = "USDT" }))
            .Expect(HttpStatusCode.Created)["id"]!;
        for (DateTime until = DateTime.UtcNow + Patience; DateTime.UtcNow < until; await Task.Delay(100))
            if ((await world.Merchant.GetAsync("/v1/events?invoice_id=" + id)).Json["data"]!.AsArray().Count > 0)
                return id;
        throw new TimeoutException($"no event of {id} within {Patience}");
    }

    private async Task ExpectAsync(int code, WebhookReceiver shop, string state)
    {
        ProcessStartInfo start = new(
            "bash",
            [
                Path.Combine(RepositoryFiles.Root, "scripts/listen.sh"), "--once", "--gateway", world.Gateway.Address.ToString(),
                "--to", shop.Address.ToString(), "--state", state,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["COINPAY_KEY"] = world.MerchantKey;
        start.Environment["COINPAY_WEBHOOK_SECRET"] = StandardWebhook.WriteSecret(Secret);
        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == code, text);
    }
}
