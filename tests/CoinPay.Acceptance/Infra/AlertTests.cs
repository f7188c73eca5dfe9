using System.Text.Json.Nodes;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Acceptance.Infra;

/// <summary>What wakes an operator, and what it says.</summary>
public sealed class AlertTests
{
    private static readonly string[] Needed =
    [
        "poison-queue", "dead-webhooks", "chain-lag", "finality-stall", "refused-asset", "outbox-age", "failed-orchestrations", "gap-alarm",
        "no-telemetry",
    ];

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task Every_alert_is_on_looks_at_the_gateways_metrics_and_tells_the_operators_what_it_means(string environment)
    {
        Template template = await Template.OfAsync(environment);
        List<JsonObject> rules = [.. template.Of("Microsoft.Insights/scheduledQueryRules")];
        Assert.Equal(Needed.Order(), rules.Select(Name).Order());
        foreach (JsonObject rule in rules)
        {
            JsonNode properties = rule["properties"]!;
            JsonNode criterion = Assert.Single(properties["criteria"]!["allOf"]!.AsArray())!;
            Assert.True(properties["enabled"]!.GetValue<bool>());
            Assert.StartsWith("AppMetrics | where Name ", Template.Text(criterion["query"]), StringComparison.Ordinal);
            Assert.Contains("\"coinpay.", Template.Text(criterion["query"]), StringComparison.Ordinal);
            Assert.Equal("GreaterThan", Template.Text(criterion["operator"]));
            Assert.Contains("actionGroupId", Template.Text(properties["actions"]!["actionGroups"]![0]), StringComparison.Ordinal);
            Assert.EndsWith("docs/operations.md#alert-" + Name(rule), Template.Text(properties["description"]), StringComparison.Ordinal);
        }
        JsonNode told = Assert.Single(template.Of("Microsoft.Insights/actionGroups"));
        Assert.Equal("operator@shop.example", Template.Text(Template.At(told, "properties.emailReceivers")![0]!["emailAddress"]));
    }

    [Fact]
    public async Task A_finality_stall_is_measured_by_what_networks_json_allows_each_network()
    {
        Template template = await Template.OfAsync("prod");
        JsonObject stall = template.Of("Microsoft.Insights/scheduledQueryRules").Single(rule => Name(rule) == "finality-stall");
        string query = Template.Text(stall["properties"]!["criteria"]!["allOf"]![0]!["query"]);
        JsonArray networks = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(RepositoryFiles.Root, "src/CoinPay.Chains/networks.json")))!.AsArray();
        Assert.Contains(networks, network => network!["finality_lag"] is not null);
        foreach (JsonNode? network in networks.Where(network => network!["finality_lag"] is not null))
            Assert.Contains($"\"{network!["name"]}\":{network["finality_lag"]}", query, StringComparison.Ordinal);
    }

    private static string Name(JsonObject rule) => Template.Text(rule["properties"]!["displayName"])["CoinPay: ".Length..];
}
