using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Scenarios;

/// <summary>Invoices on a real anvil through the whole gateway: deep reorgs, finality, and a node that is gone for a while.</summary>
public sealed class EvmLifeTests(TwoChainWorld world) : IClassFixture<TwoChainWorld>
{
    private const int Required = 3;

    [Theory]
    [InlineData(64)]
    [InlineData(512)]
    public async Task A_deep_reorg_takes_payments_back_before_and_after_paid_and_both_can_be_paid_again(int depth)
    {
        (string paid, string paidTo) = await CreateAsync("7");
        (string confirming, string confirmingTo) = await CreateAsync("7");
        await world.PayTokenAsync(paidTo, 7_000_000);
        await world.Anvil.MineAsync(depth - 2);
        await world.WaitForStatusAsync(paid, "paid");
        await world.PayTokenAsync(confirmingTo, 7_000_000);
        await world.WaitForStatusAsync(confirming, "confirming");

        await world.Anvil.ReorgAsync(depth);
        await world.Anvil.MineAsync(2);
        await world.WaitForStatusAsync(paid, "created");
        await world.WaitForStatusAsync(confirming, "created");
        await world.WaitForWebhookAsync(paid, "invoice.payment_reverted");

        await world.PayTokenAsync(paidTo, 7_000_000);
        await world.PayTokenAsync(confirmingTo, 7_000_000);
        await world.Anvil.MineAsync(Required);
        await world.WaitForStatusAsync(paid, "paid");
        await world.WaitForStatusAsync(confirming, "paid");
    }

    [Theory]
    [InlineData("safe", 4)]
    [InlineData("finalized", 8)]
    public async Task A_payment_is_confirmed_when_the_networks_own_tag_has_passed_it(string tag, int behind)
    {
        await SetPolicyAsync(new { network = "anvil", required = tag });
        (string id, string address) = await CreateAsync("3");
        await SetPolicyAsync();
        await world.PayTokenAsync(address, 3_000_000);
        long height = await world.Anvil.HeightAsync();
        for (int i = 0; i < behind; i++)
        {
            await world.Anvil.MineAsync();
            await world.WaitForAsync(
                () => world.InvoiceAsync(id),
                invoice => invoice.Json["transactions"]!.AsArray() is [{ } paid, ..] && paid["confirmations"]!.GetValue<int>() == i + 2,
                $"the head to be {i + 1} blocks above the payment");
        }

        Assert.Equal(tag, (await world.WaitForStatusAsync(id, "paid"))["confirmation_policy.required"]);
        ApiAnswer timeline = await world.Merchant.GetAsync($"/v1/invoices/{id}/timeline");
        string confirmed = timeline.Json["data"]!.AsArray()
            .Single(row => row!["type"]!.GetValue<string>() == "transfer_confirmed")!["text"]!.GetValue<string>();
        Assert.Equal(height + behind, JsonNode.Parse(confirmed)!["headHeight"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_node_that_is_gone_for_two_hundred_blocks_costs_no_payment()
    {
        (string id, string address) = await CreateAsync("4");
        world.Proxy.IsDark = true;
        await world.Anvil.MineAsync(100);
        await world.PayTokenAsync(address, 4_000_000);
        await world.Anvil.MineAsync(100);
        Assert.Equal("created", (await world.InvoiceAsync(id))["status"]);
        world.Proxy.IsDark = false;
        await world.WaitForStatusAsync(id, "paid");
    }

    private async Task<(string Id, string Address)> CreateAsync(string amount)
    {
        ApiAnswer invoice = (await world.CreateUsdtInvoiceAsync(amount)).Expect(HttpStatusCode.Created);
        return (invoice["id"]!, invoice["payment.address"]!);
    }

    private async Task SetPolicyAsync(params object[] confirmations) => (await world.Operator.SendAsync(
        HttpMethod.Patch,
        "/v1/merchants/" + world.MerchantId,
        JsonSerializer.Serialize(new { policy = new { confirmations } }))).Expect(HttpStatusCode.OK);
}
