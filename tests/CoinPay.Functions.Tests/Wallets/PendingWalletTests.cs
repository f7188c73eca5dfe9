using System.Net;
using CoinPay.Chains;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Wallets;

/// <summary>What a shop gets while it is unknown which addresses of its wallet were used before.</summary>
public sealed class PendingWalletTests
{
    [Fact]
    public async Task An_order_is_refused_with_a_time_to_come_again_until_the_start_is_known()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartOnAsync(
            static node => node.History = static (_, _) => throw new ChainUnknownException("bitcoin-regtest", "busy"));
        (string id, string key) = await gateway.MerchantAsync();
        string wallet = $"/v1/merchants/{id}/wallets/bitcoin-regtest";
        ApiAnswer put = await gateway.Operator.PutAsync(wallet, new { kind = "xpub", xpub = PrivateTexts.PublicTpub });
        Assert.Equal("pending", put.Expect(HttpStatusCode.OK)["status"]);

        using Api shop = new(gateway.Address, key);
        object order = new { price = new { amount = "0.01", currency = "BTC" }, network = "bitcoin-regtest", asset = "BTC" };
        ApiAnswer refused = await shop.PostAsync("/v1/invoices", order);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "wallet_pending"), (refused.Status, refused["code"]));
        await gateway.Operator.PutAsync(wallet, new { kind = "xpub", xpub = PrivateTexts.PublicTpub, start_index = 12 });
        ApiAnswer made = (await shop.PostAsync("/v1/invoices", order)).Expect(HttpStatusCode.Created);
        Assert.Equal("12", made["payment.derivation.index"]);
    }
}
