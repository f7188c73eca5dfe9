using System.Net;
using System.Text.Json.Nodes;
using CoinPay.Testing.Gateway;
using Xunit;

namespace CoinPay.Functions.Tests.Access;

/// <summary>The copy of the audit log that the gateway cannot take back.</summary>
public sealed class AuditArchiveTests
{
    [Fact]
    public async Task Every_operators_call_is_archived_before_it_acts_and_with_its_outcome()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        List<int> merchantsBefore = [];
        gateway.Archive.Before = async () => merchantsBefore.Add(await MerchantsAsync(gateway));
        (await gateway.Operator.PostAsync("/v1/merchants", new { name = "A shop" })).Expect(HttpStatusCode.Created);
        await gateway.QuietAsync();

        JsonNode[] lines = [.. gateway.Archive.All.Select(line => JsonNode.Parse(line.Text)!)];
        Assert.Equal(["begin", "end"], lines.Select(line => line["part"]!.ToString()));
        Assert.Single(lines.Select(line => line["id"]!.ToString()).Distinct());
        Assert.Equal("operator POST /v1/merchants", $"{lines[0]["by"]} {lines[0]["method"]} {lines[0]["path"]}");
        Assert.Equal("201", lines[1]["status"]!.ToString());
        Assert.Equal(64, lines[1]["body_sha256"]!.ToString().Length);
        Assert.All(gateway.Archive.All, line => Assert.Matches(@"\Aaudit/\d{4}/\d\d/\d\d/\d\d\.jsonl\z", line.Blob));
        Assert.Equal((0, 1), (merchantsBefore[0], merchantsBefore[^1]));
        Assert.All(gateway.Archive.All, line => Assert.DoesNotContain(MemoryGateway.OperatorKey, line.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_cannot_be_archived_is_refused_and_does_nothing()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        gateway.Archive.Before = () => throw new IOException("no way to the archive");
        (await gateway.Operator.PostAsync("/v1/merchants", new { name = "A shop" })).ExpectProblem(HttpStatusCode.InternalServerError, "internal");
        gateway.Archive.Before = () => Task.CompletedTask;
        Assert.Equal(0, await MerchantsAsync(gateway));
        (await gateway.Operator.PostAsync("/v1/merchants", new { name = "A shop" })).Expect(HttpStatusCode.Created);
        ApiAnswer audit = (await gateway.Operator.GetAsync("/v1/ops/audit")).Expect(HttpStatusCode.OK);
        Assert.Equal(["201", "500"], audit.Json["data"]!.AsArray().Select(call => $"{call!["status"]}").Where(status => status.Length > 0).Order());
    }

    [Fact]
    public async Task An_answer_whose_outcome_cannot_be_archived_is_not_given()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        gateway.Archive.Before = () => gateway.Archive.All.Count == 0 ? Task.CompletedTask : throw new IOException("no way to the archive");
        (await gateway.Operator.PostAsync("/v1/merchants", new { name = "A shop" })).ExpectProblem(HttpStatusCode.InternalServerError, "internal");
        Assert.Equal(1, await MerchantsAsync(gateway));
        Assert.Contains("\"begin\"", Assert.Single(gateway.Archive.All).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silent_archive_holds_a_call_up_for_seconds_only()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        gateway.Archive.Before = () => Task.Delay(TimeSpan.FromSeconds(30));
        Task<ApiAnswer> asked = gateway.Operator.GetAsync("/v1/merchants");
        Assert.Same(asked, await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(20))));
        (await asked).ExpectProblem(HttpStatusCode.InternalServerError, "internal");
    }

    [Fact]
    public async Task A_full_blob_of_the_hour_is_followed_by_one_of_the_minute()
    {
        await using MemoryGateway gateway = await MemoryGateway.StartAsync();
        gateway.Archive.MaxBlocks = 3;
        (await gateway.Operator.GetAsync("/v1/merchants")).Expect(HttpStatusCode.OK);
        (await gateway.Operator.GetAsync("/v1/merchants")).Expect(HttpStatusCode.OK);
        await gateway.QuietAsync();
        Assert.Equal(4, gateway.Archive.All.Count);
        Assert.Equal(2, gateway.Archive.All.Select(line => line.Blob).Distinct().Count());
    }

    private static async Task<int> MerchantsAsync(MemoryGateway gateway) =>
        (await gateway.DumpAsync()).Split('\n').Count(row => row.StartsWith("Merchants ", StringComparison.Ordinal) && row.Contains("RowKey=merchant ", StringComparison.Ordinal));
}
