using System.Net;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Functions.Tests.World;
using Xunit;

namespace CoinPay.Functions.Tests.Scenarios;

/// <summary>Invoices on a real anvil through the whole gateway: deep reorgs, finality, and a node that is gone for a while.</summary>
public sealed class EvmLifeTests(EvmLifeTests.ProxiedWorld world) : IClassFixture<EvmLifeTests.ProxiedWorld>
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

        await world.Anvil.SendAsync("anvil_reorg", depth, Array.Empty<object>());
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

    [Fact]
    public async Task Ether_that_a_contract_sent_in_time_pays_an_invoice_though_it_is_found_only_when_it_expires()
    {
        TimeSpan left = world.EtherInvoiceExpiresAt - DateTimeOffset.UtcNow;
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        ApiAnswer paid = await world.WaitForStatusAsync(world.EtherInvoice, "paid");
        Assert.Equal("0.5", paid["received.confirmed"]);
        Assert.Equal("native", paid.Json["transactions"]![0]!["index"]!.GetValue<string>());
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

    /// <summary>
    /// A world whose gateway reaches its anvil through a proxy. An invoice of ether is paid by a contract at the start, so
    /// that the minute it takes to expire passes while the other tests run.
    /// </summary>
    public sealed class ProxiedWorld : TestWorld
    {
        internal NodeProxy Proxy { get; private set; } = null!;

        internal string EtherInvoice { get; private set; } = null!;

        internal DateTimeOffset EtherInvoiceExpiresAt { get; private set; }

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            ApiAnswer invoice = (await Merchant.PostAsync("/v1/invoices", new
            {
                price = new { amount = "0.5", currency = "ETH" },
                network = "anvil",
                asset = "ETH",
                expires_in_minutes = 1,
            })).Expect(HttpStatusCode.Created);
            (EtherInvoice, EtherInvoiceExpiresAt) = (invoice["id"]!, DateTimeOffset.Parse(invoice["expires_at"]!));
            string sender = await Anvil.DeployAsync(Chains.TinyContract.Sender);
            await Anvil.SendTransactionAsync(
                sender, BigInteger.Pow(10, 18) / 2, "0x" + Chains.TestToken.Word(invoice["payment.address"]!));
            await Anvil.MineAsync(Required);
        }

        internal override async Task<string> StorageAsync()
        {
            Proxy = await NodeProxy.StartAsync(Anvil.Rpc);
            return await base.StorageAsync();
        }

        internal override Dictionary<string, string?> Networks() => new(base.Networks(), StringComparer.Ordinal)
        {
            ["CoinPay__Networks__anvil__Rpc"] = Proxy.Address.ToString(),
        };

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Proxy.DisposeAsync();
        }
    }
}
