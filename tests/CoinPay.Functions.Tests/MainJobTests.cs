using System.Net;
using System.Numerics;
using CoinPay.Functions.Tests.World;
using Xunit;

namespace CoinPay.Functions.Tests;

/// <summary>The main job on real chains: create, detect, confirm, paid, webhook; with a kill -9 in the middle.</summary>
public sealed class MainJobTests(TestWorld world) : IClassFixture<TestWorld>
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
    public async Task What_stands_at_a_forwarder_is_flushed_to_the_settlement_address_and_nowhere_else()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("12.5")).Expect(HttpStatusCode.Created);
        string address = invoice["payment.address"]!;
        await world.PayTokenAsync(address, 12_500_000);
        BigInteger before = await world.TokenBalanceAsync(TestWorld.SettlementAddress);
        object flush = new { network = "anvil", invoice_ids = new[] { invoice["id"] } };

        ApiAnswer flushed = (await world.Operator.PostAsync($"/v1/merchants/{world.MerchantId}/flush", flush)).Expect(HttpStatusCode.OK);

        Assert.Empty(flushed.Json["failed"]!.AsArray());
        Assert.Equal(BigInteger.Zero, await world.TokenBalanceAsync(address));
        Assert.Equal(before + 12_500_000, await world.TokenBalanceAsync(TestWorld.SettlementAddress));
        (await world.Operator.PostAsync($"/v1/merchants/{world.MerchantId}/flush", flush)).Expect(HttpStatusCode.OK);
        (await world.Merchant.PostAsync($"/v1/merchants/{world.MerchantId}/flush", flush)).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");
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
    public async Task More_than_the_price_is_overpaid_and_the_excess_is_the_customers_in_the_books()
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync("10")).Expect(HttpStatusCode.Created);
        await world.PayTokenAsync(invoice["payment.address"]!, 4_000_000);
        await world.PayTokenAsync(invoice["payment.address"]!, 8_000_000);
        await world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));

        ApiAnswer overpaid = await world.WaitForStatusAsync(invoice["id"]!, "overpaid");
        Assert.Equal(("12", "complete"), (overpaid["received.confirmed"], overpaid["customer_status"]));
        Assert.Equal(2, overpaid.Json["transactions"]!.AsArray().Count);
        await world.WaitForWebhookAsync(invoice["id"]!, "invoice.overpaid");
    }

    [Fact]
    public async Task An_invoice_is_cancelled_only_while_nothing_was_seen_and_repeating_it_answers_the_same()
    {
        string id = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created)["id"]!;
        ApiAnswer cancelled = (await world.Merchant.PostAsync($"/v1/invoices/{id}/cancel", null)).Expect(HttpStatusCode.OK);
        Assert.Equal(("cancelled", "expired"), (cancelled["status"], cancelled["customer_status"]));
        ApiAnswer again = (await world.Merchant.PostAsync($"/v1/invoices/{id}/cancel", null)).Expect(HttpStatusCode.OK);
        Assert.Equal(cancelled["version"], again["version"]);
        await world.WaitForWebhookAsync(id, "invoice.cancelled");

        ApiAnswer paid = (await world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        await world.PayTokenAsync(paid["payment.address"]!, 1_000_000);
        await world.WaitForStatusAsync(paid["id"]!, "detected");
        (await world.Merchant.PostAsync($"/v1/invoices/{paid["id"]}/cancel", null))
            .ExpectProblem(HttpStatusCode.Conflict, "not_cancellable");
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
        await world.Anvil.SendAsync("anvil_reorg", required + 1, Array.Empty<object>());
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

    [Fact]
    public async Task Invoices_are_listed_newest_first_by_pages_and_by_order()
    {
        string order = "list-" + Guid.NewGuid();
        List<string> ids = [];
        for (int i = 0; i < 3; i++)
            ids.Add((await world.Merchant.PostAsync("/v1/invoices", new
            {
                order_id = order,
                price = new { amount = "1", currency = "USDT" },
                network = "anvil",
                asset = "USDT",
            })).Expect(HttpStatusCode.Created)["id"]!);

        ApiAnswer page = await world.WaitForAsync(
            () => world.Merchant.GetAsync($"/v1/invoices?order_id={order}&limit=2"),
            answer => answer.Json["next_cursor"] is not null,
            "the list to hold three");
        ApiAnswer rest = await world.Merchant.GetAsync($"/v1/invoices?order_id={order}&limit=2&cursor={page["next_cursor"]}");
        Assert.Equal(
            Enumerable.Reverse(ids),
            page.Json["data"]!.AsArray().Concat(rest.Json["data"]!.AsArray()).Select(invoice => invoice!["id"]!.GetValue<string>()));
        Assert.Null(rest["next_cursor"]);
    }
}
