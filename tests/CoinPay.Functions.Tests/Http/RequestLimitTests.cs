using System.Net;
using CoinPay.Functions.Http;
using CoinPay.Testing.Gateway;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>How often keys and addresses may call, and whose word counts about an address.</summary>
public sealed class RequestLimitTests
{
    private const int Many = 40;

    private static readonly object Order = new { price = new { amount = "1", currency = "USDT" }, network = "anvil", asset = "USDT" };

    [Fact]
    public async Task A_key_that_calls_too_often_is_told_when_to_come_again_and_another_key_is_not_concerned()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(("CoinPay:Limits:RequestsPerKey", "1"));
        (string id, string key) = await PatientlyAsync(gateway.MerchantAsync);
        using Api merchant = new(gateway.Address, key);
        using Api other = new(gateway.Address, (await PatientlyAsync(gateway.MerchantAsync)).Key);

        ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => merchant.GetAsync("/v1/networks")));

        ApiAnswer refused = answers.First(answer => answer.Status != HttpStatusCode.OK);
        refused.ExpectProblem(HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.InRange(int.Parse(Assert.Single(refused.Headers.GetValues("Retry-After"))), 1, 2);
        (await other.GetAsync("/v1/networks")).Expect(HttpStatusCode.OK);
        Assert.NotEmpty(id);
    }

    [Fact]
    public async Task An_address_is_limited_on_public_pages_and_for_keys_that_are_not_valid()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(("CoinPay:Limits:RequestsPerAddress", "1"));
        using Api anyone = new(gateway.Address, null);

        foreach (string path in new[] { "/health/live", "/v1/networks", "/docs", "/nowhere" })
        {
            ApiAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => anyone.GetAsync(path)));
            Assert.Contains(answers, answer => answer.Status == HttpStatusCode.TooManyRequests);
        }
    }

    [Fact]
    public async Task A_refusal_for_haste_is_not_stored_under_the_idempotency_key()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(("CoinPay:Limits:RequestsPerKey", "1"));
        using Api merchant = new(gateway.Address, (await PatientlyAsync(gateway.MerchantAsync)).Key);
        await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => merchant.GetAsync("/v1/networks")));

        List<HttpStatusCode> statuses = [];
        ApiAnswer answer;
        do
        {
            answer = await merchant.PostAsync("/v1/invoices", Order, "order-1");
            statuses.Add(answer.Status);
        }
        while (answer.Status == HttpStatusCode.TooManyRequests && statuses.Count < 10_000);

        answer.Expect(HttpStatusCode.Created);
        Assert.False(answer.Headers.Contains("Idempotent-Replayed"));
    }

    [Theory]
    [InlineData("198.51.100.7", "203.0.113.9", "", "198.51.100.7")] // Nobody is trusted: the header is anybody's.
    [InlineData("10.0.0.1", "203.0.113.9", "10.0.0.0/8", "203.0.113.9")]
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.9:4711", "10.0.0.0/8", "203.0.113.9")] // What the client wrote itself comes first.
    [InlineData("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.2.3.4", "10.0.0.0/8", "203.0.113.9")]
    [InlineData("10.0.0.1", "nonsense", "10.0.0.0/8", "10.0.0.1")]
    [InlineData("10.0.0.1", "", "10.0.0.0/8", "10.0.0.1")]
    [InlineData("::ffff:10.0.0.1", "[2001:db8::1]:443", "10.0.0.0/8", "2001:db8::1")]
    public void An_address_is_the_last_that_a_trusted_proxy_saw(string connection, string forwarded, string trusted, string expected)
    {
        DefaultHttpContext http = new();
        http.Connection.RemoteIpAddress = IPAddress.Parse(connection);
        if (forwarded.Length > 0)
            http.Request.Headers["X-Forwarded-For"] = forwarded;

        Assert.Equal(expected, ClientAddress.Of(http, trusted.Length == 0 ? [] : [IPNetwork.Parse(trusted)]).ToString());
    }

    [Fact]
    public void A_customer_of_ipv6_is_one_client_with_all_addresses_of_the_line()
    {
        Assert.Equal(
            ClientAddress.PartitionOf(IPAddress.Parse("2001:db8::1")), ClientAddress.PartitionOf(IPAddress.Parse("2001:db8::ffff:2")));
        Assert.NotEqual(
            ClientAddress.PartitionOf(IPAddress.Parse("2001:db8::1")), ClientAddress.PartitionOf(IPAddress.Parse("2001:db8:0:1::1")));
    }

    // Setting up takes more calls of the operator's than the limit of these tests allows at once.
    private static async Task<(string Id, string Key)> PatientlyAsync(Func<Task<(string Id, string Key)>> make)
    {
        for (int tries = 0; ; tries++)
        {
            try
            {
                return await make();
            }
            catch (Xunit.Sdk.TrueException) when (tries < 60)
            {
                await Task.Delay(TimeSpan.FromSeconds(3));
            }
        }
    }
}
