using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Access;

/// <summary>Whatever is done with the operator's key can be read afterwards.</summary>
public sealed class AuditTests
{
    [Theory]
    [InlineData(1008)]
    [InlineData(1009)]
    [InlineData(1010)]
    public async Task A_long_path_is_recorded_up_to_a_whole_character(int letters)
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        string path = "/v1/merchants/" + new string('a', letters) + "😀";
        (await gateway.Operator.GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound, "not_found");

        ApiAnswer audit = (await gateway.Operator.GetAsync("/v1/ops/audit")).Expect(HttpStatusCode.OK);

        Assert.Contains(audit.Json["data"]!.AsArray(), call => path.StartsWith(call!["path"]!.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_call_with_the_operators_key_is_listed_with_its_outcome_and_without_its_secrets()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        const string Body = """{"name":"A shop that is called so"}""";
        ApiAnswer made = await gateway.Operator.SendAsync(HttpMethod.Post, "/v1/merchants", Body);
        await gateway.Operator.SendAsync(HttpMethod.Post, "/v1/merchants", """{"name":7}""");
        await gateway.Operator.GetAsync("/v1/merchants?limit=1");
        using Api merchant = new(gateway.Address, made["api_key"]);
        (await merchant.GetAsync("/v1/merchants")).ExpectProblem(HttpStatusCode.Forbidden, "forbidden");

        ApiAnswer audit = (await gateway.Operator.GetAsync("/v1/ops/audit")).Expect(HttpStatusCode.OK);

        JsonArray calls = audit.Json["data"]!.AsArray();
        // Calls of one millisecond stand in any order.
        Assert.Equal(
            ["GET /v1/merchants 200", "GET /v1/ops/audit ", "POST /v1/merchants 201", "POST /v1/merchants 400"],
            calls.Select(call => $"{call!["method"]} {call["path"]} {call["status"]}").Order(StringComparer.Ordinal));
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body))),
            calls.Single(call => call!["status"]?.ToString() == "201")!["body_sha256"]!.ToString());
        Assert.Equal(["127.0.0.1"], calls.Select(call => call!["address"]!.ToString()).Distinct());
        Assert.Equal(4, calls.Select(call => call!["request_id"]!.ToString()).Distinct().Count());
        foreach (string secret in new[] { MemoryGateway.OperatorKey, made["api_key"]!, "called so" })
            Assert.DoesNotContain(secret, audit.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_is_read_in_pages_and_a_month_at_a_time()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        for (int i = 0; i < 5; i++)
            await gateway.Operator.GetAsync($"/v1/merchants/mer_{i}");

        List<string> paths = [], instants = [];
        string? cursor = null;
        do
        {
            ApiAnswer page = await gateway.Operator.GetAsync("/v1/ops/audit?limit=2" + (cursor is null ? "" : "&cursor=" + cursor));
            paths.AddRange(page.Json["data"]!.AsArray().Select(call => call!["path"]!.ToString()));
            instants.AddRange(page.Json["data"]!.AsArray().Select(call => call!["at"]!.ToString()));
            cursor = page["next_cursor"];
        }
        while (cursor is not null);

        Assert.Equal(
            ["/v1/merchants/mer_0", "/v1/merchants/mer_1", "/v1/merchants/mer_2", "/v1/merchants/mer_3", "/v1/merchants/mer_4"],
            paths.Where(path => path != "/v1/ops/audit").Order(StringComparer.Ordinal));
        Assert.Equal(instants.OrderDescending(StringComparer.Ordinal), instants);
        Assert.Empty((await gateway.Operator.GetAsync("/v1/ops/audit?month=2001-01")).Json["data"]!.AsArray());
        (await gateway.Operator.GetAsync("/v1/ops/audit?month=13")).ExpectProblem(HttpStatusCode.BadRequest, "invalid_request");
    }
}
