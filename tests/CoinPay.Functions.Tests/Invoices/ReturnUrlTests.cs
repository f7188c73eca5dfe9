using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Merchants;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Invoices;

/// <summary>A payer is sent back over https to a host that the merchant has named, and nowhere else.</summary>
public sealed class ReturnUrlTests
{
    [Theory]
    [InlineData("https://shop.example/thanks?order=1")]
    [InlineData("https://SHOP.example")]
    [InlineData("https://shop.example:8443/")]
    public void A_named_host_over_https_is_taken(string url) => Assert.Equal(url, Read(url).ReturnUrl);

    [Theory]
    [InlineData("http://shop.example/")]
    [InlineData("https://www.shop.example/")]
    [InlineData("https://shop.example.evil.example/")]
    [InlineData("https://evilshop.example/")]
    [InlineData("https://shop.example@evil.example/")]
    [InlineData("https://user:pass@shop.example/")]
    [InlineData("https://evil.example/?https://shop.example/")]
    [InlineData("https://evil.example\\@shop.example/")]
    [InlineData("https:///shop.example/")]
    [InlineData("//shop.example/")]
    [InlineData("/thanks")]
    [InlineData("javascript:alert(1)//shop.example/")]
    [InlineData("data:text/html,https://shop.example/")]
    [InlineData("https://shop.example./")]
    public void Anything_else_is_refused_and_named(string url)
    {
        ProblemException refused = Assert.Throws<ProblemException>(() => Read(url));
        Assert.Equal("/return_url", Assert.Single(refused.Problem.Errors).Pointer);
    }

    private static InvoiceOrder Read(string url)
    {
        object body = new { price = new { amount = "1", currency = "ETH" }, network = "anvil", asset = "ETH", return_url = url };
        Merchant merchant = new()
        {
            Id = "mer_1",
            Name = "A shop",
            Policy = new Policy { ReturnHosts = ["shop.example"] },
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
        };
        Networks networks = new([Edge.Anvil]);
        return InvoiceOrder.Read(
            RequestBody.Of(JsonSerializer.SerializeToUtf8Bytes(body)), networks, TestCurrencies.Of(networks), livemode: false, merchant);
    }
}
