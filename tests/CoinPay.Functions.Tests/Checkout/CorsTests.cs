using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Functions.Docs;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Checkout;

/// <summary>Scripts of any site may read what anyone with the link sees, and nothing else.</summary>
public sealed class CorsTests
{
    private const string Unknown = "inv_00000000000000000000000000";

    /// <summary>The status with its HEAD and OPTIONS, and the document, which tools on other sites load.</summary>
    private static readonly string[] Readable = ["showCheckoutStatus", "probeCheckoutStatus", "allowCheckoutStatus", "getOpenApi"];

    [Fact]
    public async Task Scripts_of_any_site_may_read_the_public_status_and_its_refusals()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        (_, string key) = await gateway.MerchantAsync();
        using Api api = new(gateway.Address, key), script = new(gateway.Address, null);
        object order = new { price = new { amount = "5", currency = "USDT" }, network = "anvil", asset = "USDT" };
        string path = $"/pay/{(await api.PostAsync("/v1/invoices", order)).Expect(HttpStatusCode.Created)["id"]}/status";

        ApiAnswer read = (await script.GetAsync(path)).Expect(HttpStatusCode.OK);
        ApiAnswer probed = (await script.SendAsync(HttpMethod.Head, path, null)).Expect(HttpStatusCode.OK);
        ApiAnswer allowed = (await script.SendAsync(HttpMethod.Options, path, null)).Expect(HttpStatusCode.NoContent);
        ApiAnswer refused = (await script.GetAsync($"/pay/{Unknown}/status")).ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await script.SendAsync(HttpMethod.Head, $"/pay/{Unknown}/status", null)).Expect(HttpStatusCode.NotFound);

        Assert.All([read, probed, allowed, refused], answer =>
        {
            Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
            Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        });
        Assert.Equal(("GET, HEAD", "*"), (Header(allowed, "Access-Control-Allow-Methods"), Header(allowed, "Access-Control-Allow-Headers")));
        Assert.Equal("", probed.Text);
    }

    [Fact]
    public async Task A_status_beyond_the_rate_limit_says_so_to_scripts_of_any_site_too()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(("CoinPay:Limits:RequestsPerAddress", "1"));
        using Api script = new(gateway.Address, null);
        ApiAnswer answer = await script.GetAsync($"/pay/{Unknown}/status");
        for (int tries = 0; answer.Status != HttpStatusCode.TooManyRequests && tries < 1_000; tries++)
            answer = await script.GetAsync($"/pay/{Unknown}/status");
        Assert.Equal(("*", "Retry-After"), (Header(answer, "Access-Control-Allow-Origin"), Header(answer, "Access-Control-Expose-Headers")));
    }

    [Fact]
    public async Task No_other_call_may_be_read_by_a_foreign_script()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        foreach ((string path, string method, JsonObject operation) in OpenApiDocument.Calls(OpenApiDocument.Build()))
        {
            if (Readable.Contains(operation["operationId"]!.ToString(), StringComparer.Ordinal))
                continue;
            string real = path.Replace("{invoiceId}", Unknown, StringComparison.Ordinal).Replace("{code}", "not_found", StringComparison.Ordinal);
            foreach (HttpMethod verb in new[] { new HttpMethod(method.ToUpperInvariant()), HttpMethod.Options })
                Assert.Null(Header(await gateway.Operator.SendAsync(verb, real, null), "Access-Control-Allow-Origin"));
        }
    }

    private static string? Header(ApiAnswer answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(", ", values) : null;
}
