using System.Net;
using CoinPay.Functions.Wallets;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Wallets;

/// <summary>Account keys as wallets export them; on a storage of their own, because a key belongs to one merchant.</summary>
public sealed class AccountWalletTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Fact]
    public async Task A_descriptor_is_stored_as_key_and_origin_and_the_first_addresses_are_shown()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string id, _) = await edge.MerchantAsync();
        object wallet = new { kind = "xpub", xpub = $"wpkh([73c5da0a/84'/1'/0']{PrivateTexts.PublicTpub}/<0;1>/*)" };
        EdgeAnswer put = (await PutAsync(edge, id, "bitcoin-regtest", wallet)).Expect(HttpStatusCode.OK);
        Assert.Equal((PrivateTexts.PublicTpub, "[73c5da0a/84h/1h/0h]"), (put["xpub"], put["origin"]));
        EdgeAnswer same = (await PutAsync(
            edge, id, "bitcoin-regtest", new { kind = "xpub", xpub = PrivateTexts.PublicVpub, origin = "[73C5DA0A/84h/1h/0h]" }))
            .Expect(HttpStatusCode.OK);
        string[] first = [.. same.Json.GetProperty("first_addresses").EnumerateArray().Select(address => address.GetString()!)];
        Assert.Equal(3, first.Length);
        Assert.Equal("bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk", first[0]);
        EdgeAnswer refused = await PutAsync(
            edge, id, "bitcoin-regtest", new { kind = "xpub", xpub = PrivateTexts.PublicTpub, origin = "[73c5da0a/84h/0h/0h]" });
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (refused.Status, refused["code"]));
        Assert.Contains("coin 0h", refused["detail"], StringComparison.Ordinal);
    }

    private static Task<EdgeAnswer> PutAsync(Edge edge, string id, string network, object body) =>
        edge.CallAsync<PutWallet>(
            (function, request) => function.Run(request, id, network, default), Edge.OperatorKey, body);
}
