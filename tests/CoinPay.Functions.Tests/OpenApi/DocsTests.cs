using System.IO.Compression;
using System.Net;
using CoinPay.Functions.Tests.World;
using Xunit;

namespace CoinPay.Functions.Tests.OpenApi;

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
