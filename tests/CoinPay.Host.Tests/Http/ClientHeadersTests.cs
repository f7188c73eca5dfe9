using System.Net;
using CoinPay.Host.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace CoinPay.Host.Tests.Http;

public sealed class ClientHeadersTests
{
    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("10.1.2.3", "198.51.100.7,10.1.2.3")]
    [InlineData("::ffff:10.1.2.3", "198.51.100.7,10.1.2.3")]
    [InlineData("192.0.2.1", "198.51.100.7,192.0.2.1")]
    public void Only_a_trusted_proxy_says_whom_it_forwards_and_the_peer_comes_last(string peer, string seen)
    {
        IHeaderDictionary headers = Clean(peer, ("X-Forwarded-For", "198.51.100.7"));
        Assert.Equal(seen, headers["X-Forwarded-For"].ToString());
    }

    [Fact]
    public void A_trusted_proxys_scheme_and_host_stay_and_otherwise_are_the_requests()
    {
        (string, string)[] forwarded = [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "pay.example"), ("Forwarded", "for=1")];
        IHeaderDictionary byProxy = Clean("10.1.2.3", forwarded), byClient = Clean("203.0.113.9", forwarded);
        Assert.Equal("https pay.example for=1", $"{byProxy["X-Forwarded-Proto"]} {byProxy["X-Forwarded-Host"]} {byProxy["Forwarded"]}");
        Assert.Equal("http host.example ", $"{byClient["X-Forwarded-Proto"]} {byClient["X-Forwarded-Host"]} {byClient["Forwarded"]}");
    }

    [Theory]
    [InlineData("x-ms-client-principal")]
    [InlineData("X-MS-CLIENT-PRINCIPAL-ID")]
    [InlineData("x-ms-invocation-id")]
    public void Nobody_says_who_is_signed_in_or_which_invocation_it_is(string name) =>
        Assert.False(Clean("10.1.2.3", (name, "forged")).ContainsKey(name));

    private static IHeaderDictionary Clean(string peer, params (string Name, string Value)[] headers)
    {
        DefaultHttpContext context = new() { Connection = { RemoteIpAddress = IPAddress.Parse(peer) } };
        context.Request.Scheme = "http";
        context.Request.Host = new("host.example");
        foreach ((string name, string value) in headers)
            context.Request.Headers[name] = value;
        new ClientHeaders([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("192.0.2.1/32")]).Clean(context);
        return context.Request.Headers;
    }
}
