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
}
