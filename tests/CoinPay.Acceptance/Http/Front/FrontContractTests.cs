using Xunit;

namespace CoinPay.Acceptance.Http.Front;

/// <summary>
/// The HTTP tests run on a front in memory. Here the same requests go to it and to CoinPay.Host, as scripts/run.sh starts
/// it: status, headers and body are the same.
/// </summary>
public sealed class FrontContractTests(TwoGateways gateways) : IClassFixture<TwoGateways>
{
    private const string Invoice = "inv_01m855pdmn2w6tng4pk1q7f8g0";
    private const string Operator = ContractCall.Operator;
    private const string Merchant = ContractCall.Merchant;
    private const string Shop = """{"name":"A shop"}""";

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/docs")]
    [InlineData("/openapi.json")]
    [InlineData("/problems/not_found")]
    [InlineData("/problems/nothing_like_it")]
    [InlineData("/pay/" + Invoice)]
    [InlineData("/pay/" + Invoice + "/status")]
    public Task Public_pages_are_the_same(string path) => SameAsync(new("GET", path));

    [Theory]
    [InlineData("GET", "/v1/merchants", Operator, null)]
    [InlineData("GET", "/v1/merchants/{merchant}", Operator, null)]
    [InlineData("POST", "/v1/merchants", Operator, Shop)]
    [InlineData("PATCH", "/v1/merchants/{merchant}", Operator, """{"name":"Another"}""")]
    [InlineData("GET", "/v1/merchants/{merchant}/api-keys", Operator, null)]
    [InlineData("POST", "/v1/merchants/{merchant}/api-keys", Operator, """{"scopes":["invoices:read"]}""")]
    [InlineData("GET", "/v1/invoices?limit=5", Merchant, null)]
    [InlineData("GET", "/v1/events?type=invoice.paid&limit=5", Merchant, null)]
    [InlineData("POST", "/v1/webhook-endpoints", Merchant, """{"url":"http://127.0.0.1:8443/hooks"}""")]
    public async Task Calls_that_succeed_are_answered_the_same(string method, string path, string key, string? body) =>
        Assert.StartsWith("2", await SameAsync(new(method, path, key, body)), StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "/v1/invoices", null, null)]
    [InlineData("GET", "/v1/invoices", "cp_test_nonsense", null)]
    [InlineData("GET", "/v1/invoices", Operator, null)]
    [InlineData("GET", "/v1/merchants", Merchant, null)]
    [InlineData("GET", "/v1/invoices?limit=many", Merchant, null)]
    [InlineData("GET", "/v1/invoices?limit=5&limit=6", Merchant, null)]
    [InlineData("GET", "/v1/events?type=invoice.paid&endpoint=", Merchant, null)]
    [InlineData("GET", "/v1/invoices/" + Invoice, Merchant, null)]
    [InlineData("POST", "/v1/invoices/" + Invoice + "/cancel", Merchant, "{}")]
    [InlineData("POST", "/v1/invoices", Merchant, """{"price":{"amount":"x"}}""")]
    [InlineData("POST", "/v1/invoices", Merchant, "{")]
    [InlineData("POST", "/v1/invoices", Merchant, "")]
    [InlineData("POST", "/v1/invoices", Merchant, null)]
    [InlineData("PATCH", "/v1/merchants/{merchant}", Operator, """{"name":1,"more":2}""")]
    public async Task Problems_are_the_same(string method, string path, string? key, string? body) =>
        Assert.Contains("application/problem+json", await SameAsync(new(method, path, key, body)), StringComparison.Ordinal);

    [Theory]
    [InlineData("DELETE", "/v1/merchants")]
    [InlineData("PUT", "/health/live")]
    [InlineData("POST", "/docs")]
    [InlineData("HEAD", "/health/live")]
    [InlineData("HEAD", "/nowhere")]
    [InlineData("OPTIONS", "/v1/invoices")]
    [InlineData("TRACE", "/health/live")]
    [InlineData("PROPFIND", "/v1/invoices")]
    [InlineData("BREW", "/nowhere")]
    public async Task A_method_that_no_function_takes_is_an_unknown_path(string method, string path) =>
        Assert.StartsWith("404", await SameAsync(new(method, path)), StringComparison.Ordinal);

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("/nowhere")]
    [InlineData("/v1")]
    [InlineData("/admin/host/status")]
    [InlineData("/v1/invoices/")]
    [InlineData("/health/live/")]
    [InlineData("//v1/invoices")]
    [InlineData("/v1//invoices")]
    [InlineData("/v1/invoices//")]
    [InlineData("/V1/Invoices")]
    [InlineData("/HEALTH/LIVE")]
    [InlineData("/v1/./invoices")]
    [InlineData("/v1/nowhere/../invoices")]
    [InlineData("/health/live?code=1&x-functions-key=2")]
    public Task Odd_paths_lead_to_the_same_function(string path) => SameAsync(new("GET", path, Merchant));

    [Theory]
    [InlineData("inv%5F01m855pdmn2w6tng4pk1q7f8g0")]
    [InlineData("inv%2F1")]
    [InlineData("inv%252F1")]
    [InlineData("..%2F..%2Fhealth%2Flive")]
    [InlineData("%20")]
    [InlineData("a%20b")]
    [InlineData("a+b")]
    [InlineData("%3Fa=b")]
    [InlineData("%23")]
    [InlineData("%00")]
    [InlineData("%E2%82%AC")]
    [InlineData("%FF")]
    [InlineData("%zz")]
    [InlineData("{id}")]
    [InlineData("a;b=c")]
    [InlineData("a%0d%0aX-Injected:%201")]
    public Task An_id_with_any_character_is_the_same_id(string id) => SameAsync(new("GET", "/v1/invoices/" + id, Merchant));

    [Theory]
    [InlineData(64 * 1024, false, "201")]
    [InlineData(64 * 1024 + 1, false, "413")]
    [InlineData(64 * 1024 + 1, true, "413")]
    [InlineData(2 * 1024 * 1024, false, "413")]
    [InlineData(2 * 1024 * 1024, true, "413")]
    public async Task A_large_body_is_refused_the_same(int length, bool isChunked, string status)
    {
        string body = Shop + new string(' ', length - Shop.Length);
        ContractCall call = new("POST", "/v1/merchants", Operator, body) { IsChunked = isChunked };
        Assert.StartsWith(status, await SameAsync(call), StringComparison.Ordinal);
    }

    [Fact]
    public Task A_long_path_is_the_same() => SameAsync(new("GET", "/v1/invoices/" + new string('x', 4_000), Merchant));

    [Theory]
    [InlineData("Content-Type: text/plain")]
    [InlineData("Content-Type: application/json; charset=utf-16")]
    [InlineData("Content-Encoding: gzip")]
    public Task A_body_of_another_kind_is_refused_the_same(string header) =>
        SameAsync(new("POST", "/v1/merchants", Operator, Shop, header));

    [Theory]
    [InlineData("X-Forwarded-For: 203.0.113.9")]
    [InlineData("X-Forwarded-Prefix: /elsewhere")]
    [InlineData("x-ms-client-principal: e30=")]
    [InlineData("x-ms-invocation-id: 00000000-0000-0000-0000-000000000000")]
    [InlineData("Accept-Encoding: gzip, br")]
    [InlineData("Expect: 100-continue")]
    public Task A_header_changes_no_answer(string header) =>
        SameAsync(new("POST", "/v1/merchants", Operator, Shop, header));

    /// <summary>The front stands behind the part of the host that decides whom to believe.</summary>
    [Fact]
    public async Task Https_is_believed_only_from_a_trusted_proxy()
    {
        ContractCall call = new("POST", "/v1/merchants", Operator, Shop, "X-Forwarded-Proto: https");
        Assert.DoesNotContain("Strict-Transport-Security", await gateways.Host.SendAsync(call), StringComparison.Ordinal);
        Assert.Contains("Strict-Transport-Security", await gateways.Front.SendAsync(call), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_repeated_under_its_key_is_answered_again_the_same()
    {
        ContractCall call = new("POST", "/v1/merchants", Operator, Shop, "Idempotency-Key: contract-1");
        await SameAsync(call);
        await SameAsync(call);
        await SameAsync(call with { Body = """{"name":"Another"}""" });
    }

    /// <summary>The answer of both: status, headers and body.</summary>
    private async Task<string> SameAsync(ContractCall call)
    {
        string answer = await gateways.Host.SendAsync(call);
        Assert.Equal(answer, await gateways.Front.SendAsync(call));
        return answer;
    }
}
