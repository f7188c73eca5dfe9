using System.Net;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Functions.Webhooks.Events;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

public sealed class EndpointTests(EdgeStorage storage) : IClassFixture<EdgeStorage>
{
    [Theory]
    [InlineData("https://shop.example/hook", null)]
    [InlineData("https://8.8.8.8:8443/hook?x=1", null)]
    [InlineData("http://shop.example/hook", "https only.")]
    [InlineData("ftp://shop.example/hook", "https only.")]
    [InlineData("shop.example/hook", "An absolute https URL.")]
    [InlineData("https://user:secret@shop.example/", "No user name or password in the URL: verify the signature instead.")]
    [InlineData("https://shop.example/#top", "No fragment (#…) in the URL.")]
    [InlineData("http://127.0.0.1:9/hook", "Not an address of this machine.")]
    [InlineData("https://localhost/hook", "Not an address of this machine.")]
    [InlineData("https://LOCALHOST./hook", "Not an address of this machine.")]
    [InlineData("https://[::1]/hook", "Not an address of this machine.")]
    [InlineData("https://10.0.0.8/hook", "Not a private or reserved address.")]
    [InlineData("https://169.254.169.254/metadata", "Not a private or reserved address.")]
    [InlineData("https://0x7f000001/hook", "Not an address of this machine.")]
    [InlineData("https://[::ffff:10.0.0.8]/hook", "Not a private or reserved address.")]
    public void Only_https_to_a_public_host_is_an_endpoint(string url, string? refusal) =>
        Assert.Equal(refusal, Targets(allowLoopback: false).Refusal(url));

    [Fact]
    public void Loopback_is_an_endpoint_where_it_is_allowed()
    {
        WebhookTargets targets = Targets(allowLoopback: true);
        Assert.Null(targets.Refusal("http://127.0.0.1:9/hook"));
        Assert.Null(targets.Refusal("http://localhost:9/hook"));
        Assert.NotNull(targets.Refusal("http://shop.example:9/hook"));
        Assert.NotNull(targets.Refusal("http://10.0.0.8:9/hook"));
    }

    private static WebhookTargets Targets(bool allowLoopback) =>
        new(new() { IsDevelopment = true, WebhooksAllowLoopback = allowLoopback, WalletDelay = TimeSpan.Zero });

    [Theory]
    [InlineData("1.1.1.1", true)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    public void Reserved_addresses_are_not_public(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddress.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task An_endpoint_shows_its_secret_once_and_is_stored_without_it()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (_, string key) = await edge.MerchantAsync();
        (string id, string secret) = await edge.EndpointAsync(key, new("https://shop.example/hook"), "invoice.*");

        EdgeAnswer read = await edge.CallAsync<GetWebhookEndpoint>(
            (function, request) => function.Run(request, id, default), key);

        Assert.Equal("https://shop.example/hook", read.Expect(HttpStatusCode.OK)["url"]);
        Assert.Null(read["secret"]);
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.DoesNotContain(secret["whsec_".Length..], await edge.DumpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_merchants_endpoint_or_one_of_the_other_kind_is_not_found()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (string _, string key) = await edge.MerchantAsync();
        (string _, string stranger) = await edge.MerchantAsync();
        (string id, _) = await edge.EndpointAsync(key, new("https://shop.example/hook"));

        (await edge.CallAsync<GetWebhookEndpoint>((function, request) => function.Run(request, id, default), stranger))
            .ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await edge.CallAsync<DeleteWebhookEndpoint>(
            (function, request) => function.Run(request, id, default), stranger))
            .ExpectProblem(HttpStatusCode.NotFound, "not_found");
        (await edge.CallAsync<GetWebhookEndpoint>(
            (function, request) => function.Run(request, "no/../id?", default), key))
            .ExpectProblem(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_retry_gets_its_first_answer_though_the_endpoint_is_gone()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (_, string key) = await edge.MerchantAsync();
        (string id, _) = await edge.EndpointAsync(key, new("https://shop.example/hook"));
        string since = Json.Time(edge.Clock.GetUtcNow());
        Task<EdgeAnswer>[] Calls(string once) =>
        [
            edge.CallAsync<TestWebhookEndpoint>((function, request) => function.Run(request, id, default), key, null, once),
            edge.CallAsync<RotateWebhookSecret>((function, request) => function.Run(request, id, default), key, null, once),
            edge.CallAsync<ReplayWebhooks>((function, request) => function.Run(request, id, default), key, new { since }, once),
        ];

        EdgeAnswer[] first = await Task.WhenAll(Calls("once"));
        Assert.All(first, answer => Assert.InRange((int)answer.Status, 200, 202));
        (await edge.CallAsync<DeleteWebhookEndpoint>(
            (function, request) => function.Run(request, id, default), key)).Expect(HttpStatusCode.NoContent);

        Assert.Equal(first.Select(answer => answer.Text), (await Task.WhenAll(Calls("once"))).Select(answer => answer.Text));
        Assert.All(await Task.WhenAll(Calls("anew")), answer => answer.ExpectProblem(HttpStatusCode.NotFound, "not_found"));
    }

    [Fact]
    public async Task An_endpoint_is_changed_disabled_and_deleted()
    {
        await using Edge edge = await Edge.StartAsync(storage);
        (_, string key) = await edge.MerchantAsync();
        (string id, _) = await edge.EndpointAsync(key, new("https://shop.example/hook"));
        Task<EdgeAnswer> Change(object body) =>
            edge.CallAsync<ChangeWebhookEndpoint>((function, request) => function.Run(request, id, default), key, body);

        EdgeAnswer changed = (
            await Change(new { events = new[] { "invoice.paid" }, description = "d", disabled = true })).Expect(
                HttpStatusCode.OK);
        Assert.Equal(
            ("https://shop.example/hook", "disabled", "d"),
            (changed["url"], changed["status"], changed["description"]));
        Assert.Equal("enabled", (await Change(new { disabled = false }))["status"]);
        (await Change(new { events = new[] { "invoice.nonsense" } })).ExpectProblem(
            HttpStatusCode.BadRequest, "invalid_request");
        (await Change(new { secret = "x" })).ExpectProblem(HttpStatusCode.BadRequest, "unknown_field");
        (await edge.CallAsync<DeleteWebhookEndpoint>(
            (function, request) => function.Run(request, id, default), key)).Expect(HttpStatusCode.NoContent);
        EdgeAnswer list = await edge.CallAsync<ListWebhookEndpoints>(
            (function, request) => function.Run(request, default), key);
        Assert.Equal(0, list.Json.GetProperty("data").GetArrayLength());
    }
}
