using System.Net;
using System.Numerics;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Acceptance;

/// <summary>The main job on real chains, however the app is hosted: create, detect, confirm, paid, webhook.</summary>
public abstract class MainJob(TestWorld world)
{
    private static readonly BigInteger FortyNineNinety = 49_900_000;

    [Fact]
    public async Task A_token_payment_on_anvil_is_detected_confirmed_and_told()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        Assert.Equal("created", invoice["status"]);
        Assert.Equal("49900000", invoice["payment.amount_base"]);

        await world.PayTokenAsync(invoice["payment.address"]!, FortyNineNinety);
        await world.WaitForStatusAsync(id, "confirming");
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        ApiAnswer paid = await world.WaitForStatusAsync(id, "paid");

        Assert.Equal("49.9", paid["received.confirmed"]);
        Assert.Equal("fulfil_order", paid["next_action"]);
        Received told = await world.WaitForWebhookAsync(id, "invoice.paid");
        Assert.Equal("paid", told.Json["data"]!["invoice"]!["status"]!.GetValue<string>());
        Assert.StartsWith("ful_", told.Json["fulfilment_key"]!.GetValue<string>(), StringComparison.Ordinal);
        ApiAnswer timeline = (await world.Merchant.GetAsync($"/v1/invoices/{id}/timeline")).Expect(HttpStatusCode.OK);
        Assert.Equal(
            ["invoice_created", "transfer_seen", "payment_detected", "confirmation_started", "transfer_confirmed", "invoice_paid"],
            timeline.Json["data"]!.AsArray().Select(row => row!["type"]!.GetValue<string>()));
        string hash = Core.Timeline.Start;
        foreach (var row in timeline.Json["data"]!.AsArray())
            Assert.Equal(
                hash = Core.Timeline.Hash(hash, row!["version"]!.GetValue<int>(), row["text"]!.GetValue<string>()),
                row["hash"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_bitcoin_payment_on_regtest_is_seen_in_the_mempool_confirmed_and_told()
    {
        ApiAnswer invoice = (await world.CreateBitcoinInvoiceAsync()).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;

        await world.Bitcoind.PayAsync(invoice["payment.address"]!, 0.015m);
        await world.WaitForStatusAsync(id, "detected");
        await world.Bitcoind.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        await world.WaitForStatusAsync(id, "paid");
        await world.WaitForWebhookAsync(id, "invoice.paid");
    }

    [Fact]
    public async Task Money_that_comes_after_a_minute_finds_its_invoice_expired_and_makes_it_late_paid()
    {
        ApiAnswer invoice = (await world.Merchant.PostAsync("/v1/invoices", new
        {
            price = new { amount = "5", currency = "USDT" },
            network = "anvil",
            asset = "USDT",
            expires_in_minutes = 1,
        })).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        await Task.Delay(DateTimeOffset.Parse(invoice["expires_at"]!) - DateTimeOffset.UtcNow);
        await world.WaitForStatusAsync(id, "expired");
        await world.WaitForWebhookAsync(id, "invoice.expired");

        await world.PayTokenAsync(invoice["payment.address"]!, 5_000_000);
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));
        ApiAnswer late = await world.WaitForStatusAsync(id, "late_paid");
        Assert.Equal("review_late_payment", late["next_action"]);
        await world.WaitForWebhookAsync(id, "invoice.late_paid");
    }

    [Fact]
    public async Task A_reorg_after_paid_takes_the_payment_back_and_a_new_payment_pays_again()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("7")).Expect(HttpStatusCode.Created);
        string id = invoice["id"]!;
        int required = int.Parse(invoice["confirmation_policy.required"]!);
        await world.PayTokenAsync(invoice["payment.address"]!, 7_000_000);
        await world.Anvil.MineAsync(required);
        ApiAnswer paid = await world.WaitForStatusAsync(id, "paid");

        // anvil drops the transactions of reorganised blocks for good.
        await world.Anvil.ReorgAsync(required + 1);
        await world.Anvil.MineAsync(2);
        ApiAnswer reverted = await world.WaitForStatusAsync(id, "created");
        Assert.True(int.Parse(reverted["version"]!) > int.Parse(paid["version"]!));
        Assert.Equal("reorged", reverted.Json["transactions"]![0]!["status"]!.GetValue<string>());
        await world.WaitForWebhookAsync(id, "invoice.payment_reverted");

        await world.PayTokenAsync(invoice["payment.address"]!, 7_000_000);
        await world.Anvil.MineAsync(required);
        ApiAnswer again = await world.WaitForStatusAsync(id, "paid");
        Assert.Equal(paid["fulfilment.key"], again["fulfilment.key"]);
        Assert.Single(world.Receiver.Of(id).Where(received => received.Type == "invoice.payment_reverted").Select(received => received.Id).Distinct());
    }
}
