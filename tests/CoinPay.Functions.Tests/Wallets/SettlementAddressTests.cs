using System.Net;
using CoinPay.Chains;
using CoinPay.Chains.Evm;
using CoinPay.Core;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;
using CoinPay.Testing.Chains;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace CoinPay.Functions.Tests.Wallets;

/// <summary>Settlement addresses from which the merchant would never get its money.</summary>
public sealed class SettlementAddressTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    private const string Settlement = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    private const string Other = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000", "zero address")]
    [InlineData("0x0000000000000000000000000000000000000001", "reserved")]
    [InlineData("0x00000000000000000000000000000000000001ff", "reserved")]
    [InlineData("0x0000000000000000000000000000000000001010", "reserved")]
    [InlineData("0x4200000000000000000000000000000000000006", "reserved")]
    [InlineData("0xc0d3c0d3c0d3c0d3c0d3c0d3c0d3c0d3c0d30016", "reserved")]
    [InlineData("0xdeaddeaddeaddeaddeaddeaddeaddeaddead0000", "reserved")]
    [InlineData("0xfffffffffffffffffffffffffffffffffffffffe", "reserved")]
    [InlineData("0x000000000000000000000000000000000000dEaD", "burn address")]
    [InlineData("0xdead000000000000000042069420694206942069", "burn address")]
    [InlineData("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "burn address")]
    [InlineData("0x1111111111111111111111111111111111111111", "burn address")]
    [InlineData("0xBc380aFEe72430Af28efC3810a8d4e250C75Da6b", "USDT on anvil")]
    [InlineData("0x5fbdb2315678afecb367f032d93f642f64180aa3", "USDT on anvil-two")]
    [InlineData("0x15a525d5547Be9AD243AFD3e1d4d3A47B9039A67", "forwarder factory")]
    [InlineData("0x4e59b44847b379578588920cA78FbF26c0B4956C", "deployment proxy")]
    public async Task A_settlement_address_that_loses_money_is_refused_and_named(string address, string named)
    {
        await using Edge edge = await StartAsync();
        (string id, _) = await edge.MerchantAsync();
        string before = await edge.DumpAsync();
        EdgeAnswer refused = (await PutAsync(edge, id, address)).ExpectProblem(
            HttpStatusCode.UnprocessableEntity, "unusable_settlement_address");
        Assert.Contains(named, refused["detail"], StringComparison.Ordinal);
        Assert.Equal(before, await edge.DumpAsync());
    }

    [Fact]
    public async Task An_invoices_address_is_refused_for_every_merchant_also_after_its_watch()
    {
        await using Edge edge = await StartAsync();
        (string id, _) = await edge.MerchantAsync();
        Watch watch = Watched("inv_01jdc3m6x8q2r4s6t8v0w2y4z6");
        await edge.Get<WatchStore>().InsertAsync(watch, default);
        await edge.Get<WatchStore>().RemoveAsync(watch.Network, watch.InvoiceId, default);
        foreach (string network in (string[])["anvil", "anvil-two"])
        {
            EdgeAnswer refused = (await PutAsync(edge, id, watch.Address, network)).ExpectProblem(
                HttpStatusCode.UnprocessableEntity, "unusable_settlement_address");
            Assert.Contains("address of an invoice", refused["detail"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_chain_shows_to_lose_money_is_refused_with_its_reason()
    {
        await using Edge edge = await StartAsync();
        (string id, _) = await edge.MerchantAsync();
        NodeOf(edge).Loss = address => address == Other ? "This is a contract that refuses ETH." : null;
        EdgeAnswer refused = (await PutAsync(edge, id, Other)).ExpectProblem(
            HttpStatusCode.UnprocessableEntity, "unusable_settlement_address");
        Assert.StartsWith("This is a contract that refuses ETH.", refused["detail"], StringComparison.Ordinal);
        (await PutAsync(edge, id, Settlement)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_silent_node_changes_no_wallet_and_stops_nobody_from_cancelling_a_change()
    {
        await using Edge edge = await StartAsync(("CoinPay:WalletDelay", "1.00:00:00"));
        (string id, _) = await edge.MerchantAsync();
        (await PutAsync(edge, id, Settlement)).Expect(HttpStatusCode.OK);
        (await PutAsync(edge, id, Other)).Expect(HttpStatusCode.OK);
        string before = await edge.DumpAsync();
        NodeOf(edge).IsSilent = true;
        EdgeAnswer refused = (await PutAsync(edge, id, "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC")).ExpectProblem(
            HttpStatusCode.ServiceUnavailable, "network_unavailable");
        Assert.True(refused.Headers.ContainsKey("Retry-After"));
        Assert.Equal(before, await edge.DumpAsync());
        EdgeAnswer cancelled = (await PutAsync(edge, id, Settlement)).Expect(HttpStatusCode.OK);
        Assert.Equal(("in_force", Settlement), (cancelled["status"], cancelled["settlement_address"]));
    }

    private Task<Edge> StartAsync(params (string, string)[] settings) => Edge.StartAsync(
        storage, change: services => services.AddSingleton(new Networks(OfferedNetworks.All)), settings: settings);

    private static QuietNode NodeOf(Edge edge) => (QuietNode)edge.Get<ChainDirectory>().Of("anvil");

    private static Watch Watched(string invoiceId)
    {
        string address = ForwarderAddress.Compute(ForwarderFactory.Address, Settlement, ForwarderAddress.SaltOf(invoiceId)).Address;
        return new()
        {
            Network = "anvil",
            InvoiceId = invoiceId,
            MerchantId = "mer_01jdc3m6x8q2r4s6t8v0w2y4z6",
            Address = address,
            Recipient = address.ToLowerInvariant(),
            Required = RequiredDepth.OfBlocks(3),
            MonitorUntil = DateTimeOffset.UtcNow.AddDays(1),
        };
    }

    private static Task<EdgeAnswer> PutAsync(Edge edge, string id, string address, string network = "anvil") =>
        edge.CallAsync<PutWallet>(
            (function, request) => function.Run(request, id, network, default),
            Edge.OperatorKey, new { kind = "forwarder", settlement_address = address });
}
