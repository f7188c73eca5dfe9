using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Azure.Data.Tables;
using CoinPay.Functions.Access;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Acceptance.Infra;

/// <summary>infra/ as the real Bicep CLI compiles it, and what would be deployed of it.</summary>
public sealed partial class TemplateTests
{
    private const string Storage = "Microsoft.Storage/storageAccounts", Vault = "Microsoft.KeyVault/vaults", Site = "Microsoft.Web/sites";
    private const string Config = Site + "/config", Roles = "Microsoft.Authorization/roleAssignments";

    public static TheoryData<string, string> RulesByEnvironment() =>
        [.. from environment in (string[])["dev", "prod"] from rule in TemplateRules.All.Keys select (environment, rule)];

    [Fact]
    public async Task Bicep_lints_every_template_prints_nothing_and_finds_it_formatted()
    {
        using BicepCli bicep = new();
        string[] templates = [.. Directory.EnumerateFiles(bicep.Folder, "*.bicep")];
        string[] written = [.. templates.Select(File.ReadAllText)];
        Assert.NotEmpty(templates);
        Assert.Equal((0, ""), await bicep.RunAsync("lint", "--pattern", "*.bicep"));
        Assert.Equal((0, ""), await bicep.RunAsync("format", "--pattern", "*.bicep"));
        Assert.Equal(written, templates.Select(File.ReadAllText));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    public async Task Bicep_builds_every_template_and_works_out_a_deployment_and_prints_nothing(string environment) =>
        Assert.NotEmpty((await Template.OfAsync(environment)).Resources);

    [Fact]
    public async Task The_linter_takes_a_mistake_for_an_error()
    {
        using BicepCli bicep = new();
        await File.AppendAllTextAsync(Path.Combine(bicep.Folder, "workbook.bicep"), "\nvar nobodyReadsThis = 1\n");
        (int code, string printed) = await bicep.RunAsync("lint", "workbook.bicep");
        Assert.NotEqual(0, code);
        Assert.Contains("no-unused-vars", printed, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_module_says_what_it_is_and_none_comes_from_a_registry()
    {
        foreach (string path in Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "infra"), "*.bicep"))
        {
            string text = File.ReadAllText(path);
            Assert.StartsWith("// ", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(Registry(), text);
        }
    }

    [Theory]
    [MemberData(nameof(RulesByEnvironment))]
    public async Task The_template_keeps_every_rule(string environment, string rule) =>
        Assert.Empty(TemplateRules.All[rule](await Template.OfAsync(environment)));

    [Theory]
    [InlineData("no shared key", Storage, "properties.allowSharedKeyAccess", "true")]
    [InlineData("no shared key", Storage, "properties.allowSharedKeyAccess", null)]
    [InlineData("no public blob", Storage, "properties.allowBlobPublicAccess", "true")]
    [InlineData("no public blob", Storage + "/blobServices/containers", "properties.publicAccess", "\"Blob\"")]
    [InlineData("an audit archive that can only grow", Storage + "/blobServices/containers/immutabilityPolicies", "properties.allowProtectedAppendWrites", "false")]
    [InlineData("no public network in production", Storage, "properties.publicNetworkAccess", "\"Enabled\"")]
    [InlineData("no public network in production", Vault, "properties.networkAcls.defaultAction", "\"Allow\"")]
    [InlineData("no public network in production", "Microsoft.Network/privateEndpoints", "properties", null)]
    [InlineData("no public network in production", "Microsoft.Network/virtualNetworks", "properties", null)]
    [InlineData("TLS 1.2 at least", Storage, "properties.minimumTlsVersion", "\"TLS1_0\"")]
    [InlineData("TLS 1.2 at least", Site, "properties.siteConfig.minTlsVersion", "\"1.1\"")]
    [InlineData("HTTPS only", Site, "properties.httpsOnly", "false")]
    [InlineData("no FTP and no publishing password", Site, "properties.siteConfig.ftpsState", "\"AllAllowed\"")]
    [InlineData("no FTP and no publishing password", Site + "/basicPublishingCredentialsPolicies", "properties.allow", "true")]
    [InlineData("no FTP and no publishing password", Site + "/basicPublishingCredentialsPolicies", "name", "\"other\"")]
    [InlineData("every resource with logs has them stored", "Microsoft.Insights/diagnosticSettings", "properties.logs", "[]")]
    [InlineData("every resource with logs has them stored", Vault, "id", "\"/another/vault\"")]
    [InlineData("the listed roles, each on its resource and with a reason", Roles, "id", "\"/subscriptions/x/providers/y\"")]
    [InlineData("the listed roles, each on its resource and with a reason", Roles, "properties.description", "\"\"")]
    [InlineData("the listed roles, each on its resource and with a reason", Roles, "properties.roleDefinitionId", "\"another/role\"")]
    [InlineData("vault by roles, not to be purged", Vault, "properties.enablePurgeProtection", null)]
    [InlineData("vault by roles, not to be purged", Vault, "properties.enableRbacAuthorization", "false")]
    [InlineData("vault by roles, not to be purged", Roles, "type", "\"Microsoft.KeyVault/vaults/secrets\"")]
    [InlineData("telemetry by Entra only", "Microsoft.Insights/components", "properties.DisableLocalAuth", "false")]
    [InlineData("telemetry by Entra only", Config, "properties.APPLICATIONINSIGHTS_AUTHENTICATION_STRING", null)]
    [InlineData("connected by identity", Site, "identity.type", "\"None\"")]
    [InlineData("connected by identity", Config, "properties.AzureWebJobsStorage", "\"a connection string\"")]
    [InlineData("a production start", Config, "properties.AZURE_FUNCTIONS_ENVIRONMENT", "\"Development\"")]
    public async Task A_template_that_breaks_a_rule_is_refused(string rule, string type, string path, string? value)
    {
        Template template = await Template.OfAsync("prod");
        JsonObject[] changed = [.. template.Of(type)];
        Assert.NotEmpty(changed);
        foreach (JsonObject resource in changed)
        {
            int last = path.LastIndexOf('.');
            JsonObject parent = (JsonObject)(last < 0 ? resource : Template.At(resource, path[..last]))!;
            parent[path[(last + 1)..]] = value is null ? null : JsonNode.Parse(value);
        }
        Assert.NotEmpty(TemplateRules.All[rule](template));
    }

    [Theory]
    [InlineData("no shared key", "[listKeys(resourceId('x', 'y'), '2024-01-01').keys[0].value]")]
    [InlineData("everything is described", "an output without a description")]
    public async Task What_only_the_compiled_template_shows_is_found(string rule, string value)
    {
        Template template = await Template.OfAsync("prod");
        template.Compiled["outputs"]!["other"] = new JsonObject { ["type"] = "string", ["value"] = value };
        Assert.NotEmpty(TemplateRules.All[rule](template));
    }

    [Fact]
    public async Task Tables_and_queues_are_those_that_the_app_uses()
    {
        Template template = await Template.OfAsync("dev");
        Assert.Equal(
            typeof(Tables).GetProperties().Where(property => property.PropertyType == typeof(TableClient))
                .Select(table => table.Name).Order(StringComparer.Ordinal),
            NamesOf(template, Storage + "/tableServices/tables"));
        Assert.Contains(AuditArchive.Container, NamesOf(template, Storage + "/blobServices/containers"));
        Assert.Equal(
            [DeliveryQueue.Fast, DeliveryQueue.Fast + StorageClients.PoisonSuffix, DeliveryQueue.Slow, DeliveryQueue.Slow + StorageClients.PoisonSuffix],
            NamesOf(template, Storage + "/queueServices/queues"));
    }

    [Fact]
    public async Task Production_keeps_an_instance_ready_for_orchestrations_on_Flex_Consumption()
    {
        Template template = await Template.OfAsync("prod");
        JsonNode app = template.Of(Site).Single(), config = Template.At(app, "properties.functionAppConfig")!;
        Assert.Equal("FC1", Template.Text(Template.At(template.Of("Microsoft.Web/serverfarms").Single(), "sku.name")));
        Assert.Equal("""{"name":"dotnet-isolated","version":"10.0"}""", config["runtime"]!.ToJsonString());
        Assert.Equal("durable", Template.Text(config["scaleAndConcurrency"]!["alwaysReady"]![0]!["name"]));
    }

    private static IEnumerable<string> NamesOf(Template template, string type) =>
        template.Of(type).Select(resource => Template.Text(resource["name"]).Split('/')[^1]).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"'(br|ts)(/|:)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Registry();
}
