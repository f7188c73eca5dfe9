using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using CoinPay.Chains;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Testing.Gateway;
using Microsoft.Extensions.Configuration;
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
    public async Task A_named_operators_calls_are_listed_under_the_name()
    {
        const string alices = "key-of-alice-0123456789", bobs = "key-of-bob-0123456789";
        ConcurrentBag<string> traced = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("coinpay.operator") is string name)
                    traced.Add(name);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(
            ("CoinPay:OperatorNames", "alice, bob"), ("CoinPay:OperatorKeys:alice", alices), ("CoinPay:OperatorKeys:bob", bobs),
            ("CoinPay:OperatorKeys:carol", "key-of-carol-0123456789"));
        using Api alice = new(gateway.Address, alices), bob = new(gateway.Address, bobs), carol = new(gateway.Address, "key-of-carol-0123456789");
        (await alice.PostAsync("/v1/merchants", new { name = "A shop" })).Expect(HttpStatusCode.Created);
        (await bob.GetAsync("/v1/merchants?limit=1")).Expect(HttpStatusCode.OK);
        (await carol.GetAsync("/v1/merchants?limit=1")).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
        foreach (string almost in new[] { alices[..^1], alices + "0", alices.ToUpperInvariant(), alices + " " + bobs })
        {
            using Api nobody = new(gateway.Address, almost);
            (await nobody.GetAsync("/v1/merchants")).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
        }

        ApiAnswer audit = (await gateway.Operator.GetAsync("/v1/ops/audit")).Expect(HttpStatusCode.OK);

        Assert.Equal(
            ["alice POST", "bob GET", "operator GET"],
            audit.Json["data"]!.AsArray().Select(call => $"{call!["by"]} {call["method"]}").Order(StringComparer.Ordinal));
        await gateway.QuietAsync();
        Assert.Contains("alice", traced);
        Assert.Contains("bob", traced);
    }

    [Fact]
    public async Task The_key_without_a_name_can_be_left_unset_once_there_are_names()
    {
        const string alices = "key-of-alice-0123456789";
        await using MemoryGateway gateway = await MemoryGateway.StartAsync(
            ("CoinPay:OperatorKey", null), ("CoinPay:OperatorNames", "alice"), ("CoinPay:OperatorKeys:alice", alices));
        using Api alice = new(gateway.Address, alices);
        (await alice.GetAsync("/v1/merchants")).Expect(HttpStatusCode.OK);
        (await gateway.Operator.GetAsync("/v1/merchants")).ExpectProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("alice", "key-of-alice-0123456789", null, null)]
    [InlineData("alice", null, "the-operators-own-key-0123456789", "CoinPay:OperatorKeys:alice is not set")]
    [InlineData("alice", "short", null, "CoinPay:OperatorKeys:alice must have at least 16 characters")]
    [InlineData("", null, null, "CoinPay:OperatorKey is not set")]
    [InlineData("alice", "the-operators-own-key-0123456789", "the-operators-own-key-0123456789", "CoinPay:OperatorKey is another operator's key too")]
    public async Task Two_operators_cannot_have_one_key(string names, string? alices, string? unnamed, string? says)
    {
        KnownSecrets secrets = KnownSecrets.OfAGateway();
        secrets.Remove(SecretName.OperatorKey);
        foreach ((string name, string? key) in new[] { (SecretName.OfOperator("alice"), alices), (SecretName.OperatorKey, unnamed) })
            if (key is not null)
                secrets[name] = key;
        GatewaySettings settings = GatewaySettings.From(new ConfigurationBuilder()
            .AddInMemoryCollection([new("CoinPay:OperatorNames", names)]).Build());
        Exception? refused = await Record.ExceptionAsync(() => new CheckSecrets(secrets, new(secrets), settings).StartAsync(default));
        Assert.Equal(says is not null, refused is SettingsException);
        Assert.Contains(says ?? "", refused?.Message ?? "", StringComparison.Ordinal);
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
