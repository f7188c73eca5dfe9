using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Acceptance.Checkout;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Acceptance.Docs;

/// <summary>The documentation pages come from the gateway alone.</summary>
public sealed class DocsTests
{
    [Fact]
    public async Task The_page_loads_its_script_from_the_gateway_and_may_load_nothing_from_elsewhere()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        using HttpClient browser = new() { BaseAddress = gateway.Address };

        using HttpResponseMessage page = await browser.GetAsync(new Uri("/docs", UriKind.Relative));
        string html = await page.Content.ReadAsStringAsync();
        string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        string script = html.Split("<script src=\"")[1].Split('"')[0];

        Assert.DoesNotContain("http", html.Replace("<!doctype", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
        string plain = await browser.GetStringAsync(new Uri(script, UriKind.Relative));
        Assert.Contains("api-reference", plain, StringComparison.Ordinal);
        Assert.Equal(plain, await CompressedAsync(browser, script));
    }

    [Fact]
    public async Task A_browser_shows_the_calls_and_asks_nobody_but_the_gateway()
    {
        Assert.SkipWhen(Chromium.Program is null, Chromium.Missing);
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        await using Chromium browser = Chromium.Start();

        JsonNode page = await browser.SeeAsync(new(new Uri(gateway.Address, "/docs")) { Width = 1200, Until = "Create an invoice" });

        Assert.Equal(200, (int)page["status"]!);
        Assert.Contains("/v1/invoices", (string)page["text"]!, StringComparison.Ordinal);
        string[] requests = [.. page["requests"]!.AsArray().Select(request => (string)request!).Where(IsOfTheNetwork)];
        Assert.Contains(new Uri(gateway.Address, "/openapi.json").ToString(), requests);
        Assert.All(requests, request => Assert.StartsWith(gateway.Address.ToString(), request, StringComparison.Ordinal));
        Assert.Empty(page["complaints"]!.AsArray().Select(complaint => (string)complaint!));
    }

    private static bool IsOfTheNetwork(string url) =>
        !url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal);

    private static async Task<string> CompressedAsync(HttpClient browser, string script)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, script);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using HttpResponseMessage response = await browser.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "gzip"), (response.StatusCode, Assert.Single(response.Content.Headers.ContentEncoding)));
        await using GZipStream text = new(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using StreamReader reader = new(text);
        return await reader.ReadToEndAsync();
    }
}
