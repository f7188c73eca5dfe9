using System.Net;
using CoinPay.Functions.Wallets;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Xunit;

namespace CoinPay.Functions.Tests.Wallets;

public sealed class WalletTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    private const string Settlement = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
    private const string Other = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

    [Fact]
    public async Task The_first_wallet_is_in_force_at_once_and_a_change_after_the_delay()
    {
        await using Edge edge = await Edge.StartAsync(storage, settings: ("CoinPay:WalletDelay", "1.00:00:00"));
        (string id, _) = await edge.MerchantAsync();
        (await PutAsync(edge, id, "anvil", Forwarder(Settlement))).Expect(HttpStatusCode.OK);
        EdgeAnswer waiting = (await PutAsync(edge, id, "anvil", Forwarder(Other))).Expect(HttpStatusCode.OK);

        Assert.Equal(Other, waiting["settlement_address"]);
        Assert.Equal(Settlement, waiting.Json.GetProperty("current").GetProperty("settlement_address").GetString());
        Assert.Equal(Settlement, await InForceAsync(edge, id));
        edge.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(Other, await InForceAsync(edge, id));
    }

    [Fact]
    public async Task A_change_that_waits_is_shown_as_pending_told_at_once_and_taken_back_by_the_old_wallet()
    {
        await using Edge edge = await Edge.StartAsync(storage, settings: ("CoinPay:WalletDelay", "1.00:00:00"));
        await using AnsweringEndpoint endpoint = await AnsweringEndpoint.StartAsync();
        (string id, string key) = await edge.MerchantAsync();
        await edge.EndpointAsync(key, endpoint.Url, "invoice.paid");
        await PutAsync(edge, id, "anvil", Forwarder(Settlement));

        EdgeAnswer waiting = (await PutAsync(edge, id, "anvil", Forwarder(Other))).Expect(HttpStatusCode.OK);
        await edge.DeliverAllAsync();
        Assert.Equal("pending", waiting["status"]);
        Assert.Contains(Other, endpoint.Posts.Single(post => post.Body.Contains("\"pending\"", StringComparison.Ordinal)).Body, StringComparison.Ordinal);

        edge.Clock.Advance(TimeSpan.FromHours(23));
        EdgeAnswer cancelled = (await PutAsync(edge, id, "anvil", Forwarder(Settlement))).Expect(HttpStatusCode.OK);
        await edge.DeliverAllAsync();
        Assert.Equal(("in_force", Settlement), (cancelled["status"], cancelled["settlement_address"]));
        Assert.Equal(3, endpoint.Posts.Select(post => post.Id).Distinct().Count());
        edge.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(Settlement, await InForceAsync(edge, id));
    }

    [Fact]
    public async Task A_change_taken_back_in_its_last_seconds_does_not_come_into_force_in_another_process()
    {
        await using Edge edge = await Edge.StartAsync(storage, settings: ("CoinPay:WalletDelay", "1.00:00:00"));
        await using Edge other = await Edge.StartAsync(storage, clock: edge.Clock);
        (string id, _) = await edge.MerchantAsync();
        await PutAsync(edge, id, "anvil", Forwarder(Settlement));
        await PutAsync(edge, id, "anvil", Forwarder(Other));
        edge.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(10));
        Assert.Equal(Settlement, await InForceAsync(other, id));
        await PutAsync(edge, id, "anvil", Forwarder(Settlement));
        edge.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(Settlement, await InForceAsync(other, id));
    }

    [Fact]
    public async Task A_change_is_told_to_every_endpoint_once_and_the_same_wallet_again_is_no_change()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        await using AnsweringEndpoint endpoint = await AnsweringEndpoint.StartAsync();
        (string id, string key) = await edge.MerchantAsync();
        await edge.EndpointAsync(key, endpoint.Url);

        await PutAsync(edge, id, "anvil", Forwarder(Settlement));
        await PutAsync(edge, id, "eip155:31337", Forwarder(Settlement.ToLowerInvariant()));
        await edge.DeliverAllAsync();

        Post told = Assert.Single(endpoint.Posts);
        Assert.Contains("\"type\":\"wallet.changed\"", told.Body, StringComparison.Ordinal);
        Assert.Contains(Settlement, told.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_crash_at_any_write_changes_the_wallet_and_tells_of_it_or_neither(bool before)
    {
        await using Edge edge = await Edge.StartAsync(storage);
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            await using AnsweringEndpoint endpoint = await AnsweringEndpoint.StartAsync();
            (string id, string key) = await edge.MerchantAsync();
            await edge.EndpointAsync(key, endpoint.Url);
            await using (Edge doomed = await Edge.StartAsync(storage, new StorageDeath(deaths + 1, before), edge.Clock))
                died = await Record.ExceptionAsync(
                    () => PutAsync(doomed, id, "anvil", Forwarder(Settlement))) is not null;

            await edge.Get<CoinPay.Functions.Platform.Events.Outbox>().SweepAsync(edge.Get<CoinPay.Functions.Platform.Storage.Tables>().Merchants, default);
            await edge.DeliverAllAsync();

            bool changed = await InForceAsync(edge, id) is not null;
            Assert.Equal(changed, endpoint.Posts.Select(post => post.Id).Distinct().Count() == 1);
        }
        Assert.True(deaths >= 5, $"{deaths} writes were tried: the change, event, pointer, delivery, message, outbox");
    }

    [Theory]
    [InlineData("anvil", """{"kind":"forwarder","settlement_address":"0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}""", "invalid_request")]
    [InlineData("anvil", """{"kind":"forwarder","settlement_address":"f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}""", "invalid_request")]
    [InlineData("anvil", """{"kind":"forwarder"}""", "invalid_request")]
    [InlineData("anvil", """{"kind":"xpub","xpub":"x"}""", "invalid_request")]
    [InlineData("anvil", """{"kind":"forwarder","settlement_address":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266","memo":"x"}""", "unknown_field")]
    [InlineData("bitcoin-regtest", """{"kind":"xpub","xpub":"nonsense"}""", "invalid_request")]
    [InlineData("bitcoin-regtest", """{"kind":"xpub","xpub":"tpubDC8msFGeGuwnéKG9Upg7DM2b4DaRqg3CUZa5g8v2SRQ6K4NSk"}""", "invalid_request")]
    [InlineData("bitcoin-regtest", """{"kind":"forwarder","settlement_address":"0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"}""", "invalid_request")]
    public async Task A_wallet_that_cannot_be_paid_to_is_refused(string network, string body, string code)
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string id, _) = await edge.MerchantAsync();
        string before = await edge.DumpAsync();
        EdgeAnswer refused = await PutAsync(edge, id, network, body);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(refused["code"], new[] { code, "invalid_request" });
        Assert.Equal(before, await edge.DumpAsync());
    }

    [Theory]
    [InlineData("""{"kind":"xpub","xpub":"@"}""")]
    [InlineData("""{"kind":"@"}""")]
    [InlineData("""{"kind":"xpub","xpub":"x","memo":"@"}""")]
    [InlineData("""{"@":1}""")]
    [InlineData("""{"kind":"forwarder","settlement_address":["@"]}""")]
    [InlineData("@")]
    public async Task Private_material_anywhere_in_the_request_is_refused_and_kept_nowhere(string template)
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string id, _) = await edge.MerchantAsync();
        string before = await edge.DumpAsync();
        foreach (string secret in PrivateTexts.All)
            foreach (string network in new[] { "anvil", "bitcoin-regtest", "no-such-network" })
            {
                EdgeAnswer refused = await PutAsync(
                    edge, id, network, template.Replace("@", secret, StringComparison.Ordinal));
                refused.ExpectProblem(HttpStatusCode.UnprocessableEntity, "private_key_refused");
                Assert.DoesNotContain(secret, refused.Text, StringComparison.Ordinal);
            }
        Assert.Equal(before, await edge.DumpAsync());
    }

    [Fact]
    public async Task A_key_that_another_merchant_holds_is_refused()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string first, _) = await edge.MerchantAsync();
        (string second, _) = await edge.MerchantAsync();
        object wallet = new { kind = "xpub", xpub = PrivateTexts.PublicTpub, origin = "[73c5da0a/84h/1h/0h]" };
        EdgeAnswer put = (await PutAsync(edge, first, "bitcoin-regtest", wallet)).Expect(HttpStatusCode.OK);
        Assert.Equal("[73c5da0a/84h/1h/0h]", put["origin"]);
        (await PutAsync(edge, second, "bitcoin-regtest", wallet)).ExpectProblem(
            HttpStatusCode.Conflict, "wallet_taken");
        (await PutAsync(
            edge, second, "bitcoin-regtest", new { kind = "xpub", xpub = PrivateTexts.PublicVpub })).ExpectProblem(
                HttpStatusCode.Conflict, "wallet_taken");
        (await PutAsync(edge, first, "bitcoin-regtest", wallet)).Expect(HttpStatusCode.OK);
    }

    private static object Forwarder(string address) => new { kind = "forwarder", settlement_address = address };

    private static Task<EdgeAnswer> PutAsync(Edge edge, string id, string network, object body) =>
        edge.CallAsync<PutWallet>(
            (function, request) => function.Run(request, id, network, default), Edge.OperatorKey, body);

    private static async Task<string?> InForceAsync(Edge edge, string id) =>
        (await edge.Get<WalletStore>().FindAsync(
            id, "anvil", edge.Clock.GetUtcNow(), default))?.Said("settlement_address");
}
