using System.Net;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Http;

/// <summary>What browsers are told about https.</summary>
public sealed class TransportSecurityTests
{
    [Fact]
    public async Task Every_answer_over_https_asks_for_https_and_none_over_http_does()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        using HttpClient http = new() { BaseAddress = gateway.Address };
        foreach ((string path, HttpStatusCode status) in new[]
        {
            ("/health/live", HttpStatusCode.OK), ("/openapi.json", HttpStatusCode.OK), ("/docs", HttpStatusCode.OK),
            ("/v1/merchants", HttpStatusCode.Unauthorized), ("/v1/nothing-here", HttpStatusCode.NotFound),
            ("/pay/inv_1", HttpStatusCode.NotFound), ("/pay/inv_1/status", HttpStatusCode.NotFound),
        })
        {
            Assert.Equal((status, null), await AskAsync(http, path, "http"));
            Assert.Equal((status, null), await AskAsync(http, path, null));
            Assert.Equal((status, "max-age=31536000"), await AskAsync(http, path, "https"));
        }
    }

    private static async Task<(HttpStatusCode Status, string? Header)> AskAsync(HttpClient http, string path, string? scheme)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (scheme is not null)
            request.Headers.Add("X-Forwarded-Proto", scheme);
        using HttpResponseMessage answer = await http.SendAsync(request);
        string? header = answer.Headers.TryGetValues("Strict-Transport-Security", out IEnumerable<string>? values) ? values.Single() : null;
        return (answer.StatusCode, header);
    }
}
