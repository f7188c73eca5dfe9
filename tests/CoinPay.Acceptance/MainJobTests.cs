using System.Net;
using System.Numerics;
using CoinPay.Acceptance.World;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance;

/// <summary>The main job with the app in its host's process, and what else a shop does on the way.</summary>
[Collection(nameof(TestWorld))]
public sealed class MainJobTests(TestWorld world) : MainJob(world)
{
    private readonly TestWorld _world = world;

    [Fact]
    public async Task What_stands_at_a_forwarder_is_flushed_to_the_settlement_address_and_nowhere_else()
    {
        ApiAnswer invoice = (await _world.CreateUsdtInvoiceAsync("12.5")).Expect(HttpStatusCode.Created);
        string address = invoice["payment.address"]!;
        await _world.PayTokenAsync(address, 12_500_000);
        BigInteger before = await _world.TokenBalanceAsync(TestWorld.SettlementAddress);
        object flush = new { network = "anvil", invoice_ids = new[] { invoice["id"] } };

        ApiAnswer flushed = (await _world.Operator.PostAsync($"/v1/merchants/{_world.MerchantId}/flush", flush)).Expect(HttpStatusCode.OK);

        Assert.Empty(flushed.Json["failed"]!.AsArray());
        Assert.Equal(BigInteger.Zero, await _world.TokenBalanceAsync(address));
        Assert.Equal(before + 12_500_000, await _world.TokenBalanceAsync(TestWorld.SettlementAddress));
        (await _world.Operator.PostAsync($"/v1/merchants/{_world.MerchantId}/flush", flush)).Expect(HttpStatusCode.OK);
        (await _world.Merchant.PostAsync($"/v1/merchants/{_world.MerchantId}/flush", flush)).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task More_than_the_price_is_overpaid_and_the_excess_is_the_customers_in_the_books()
    {
        ApiAnswer invoice = (await _world.CreateUsdtInvoiceAsync("10")).Expect(HttpStatusCode.Created);
        await _world.PayTokenAsync(invoice["payment.address"]!, 4_000_000);
        await _world.PayTokenAsync(invoice["payment.address"]!, 8_000_000);
        await _world.Anvil.MineAsync(int.Parse(invoice["confirmation_policy.required"]!));

        ApiAnswer overpaid = await _world.WaitForStatusAsync(invoice["id"]!, "overpaid");
        Assert.Equal(("12", "complete"), (overpaid["received.confirmed"], overpaid["customer_status"]));
        Assert.Equal(2, overpaid.Json["transactions"]!.AsArray().Count);
        await _world.WaitForWebhookAsync(invoice["id"]!, "invoice.overpaid");
    }

    [Fact]
    public async Task An_invoice_is_cancelled_only_while_nothing_was_seen_and_repeating_it_answers_the_same()
    {
        string id = (await _world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created)["id"]!;
        ApiAnswer cancelled = (await _world.Merchant.PostAsync($"/v1/invoices/{id}/cancel", null)).Expect(HttpStatusCode.OK);
        Assert.Equal(("cancelled", "expired"), (cancelled["status"], cancelled["customer_status"]));
        ApiAnswer again = (await _world.Merchant.PostAsync($"/v1/invoices/{id}/cancel", null)).Expect(HttpStatusCode.OK);
        Assert.Equal(cancelled["version"], again["version"]);
        await _world.WaitForWebhookAsync(id, "invoice.cancelled");

        ApiAnswer paid = (await _world.CreateUsdtInvoiceAsync()).Expect(HttpStatusCode.Created);
        await _world.PayTokenAsync(paid["payment.address"]!, 1_000_000);
        await _world.WaitForStatusAsync(paid["id"]!, "detected");
        (await _world.Merchant.PostAsync($"/v1/invoices/{paid["id"]}/cancel", null))
            .ExpectProblem(HttpStatusCode.Conflict, "not_cancellable");
    }

    [Fact]
    public async Task Invoices_are_listed_newest_first_by_pages_and_by_order()
    {
        string order = "list-" + Guid.NewGuid();
        List<string> ids = [];
        for (int i = 0; i < 3; i++)
            ids.Add((await _world.Merchant.PostAsync("/v1/invoices", new
            {
                order_id = order,
                price = new { amount = "1", currency = "USDT" },
                network = "anvil",
                asset = "USDT",
            })).Expect(HttpStatusCode.Created)["id"]!);

        ApiAnswer page = await _world.WaitForAsync(
            () => _world.Merchant.GetAsync($"/v1/invoices?order_id={order}&limit=2"),
            answer => answer.Json["next_cursor"] is not null,
            "the list to hold three");
        ApiAnswer rest = await _world.Merchant.GetAsync($"/v1/invoices?order_id={order}&limit=2&cursor={page["next_cursor"]}");
        Assert.Equal(
            Enumerable.Reverse(ids),
            page.Json["data"]!.AsArray().Concat(rest.Json["data"]!.AsArray()).Select(invoice => invoice!["id"]!.GetValue<string>()));
        Assert.Null(rest["next_cursor"]);
    }
}

/// <summary>The main job as Azure runs it: the app in a process of its own, four partitions, no orchestrator kept in memory.</summary>
public sealed class OutOfProcessMainJobTests(OutOfProcessWorld world) : MainJob(world), IClassFixture<OutOfProcessWorld>;
