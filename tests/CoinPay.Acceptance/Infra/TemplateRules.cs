using System.Text.Json.Nodes;
using static CoinPay.Acceptance.Infra.Template;

namespace CoinPay.Acceptance.Infra;

/// <summary>What a security review asks of the templates. A rule answers every offence against it.</summary>
internal static class TemplateRules
{
    private const int MinReason = 20;
    private const string PackageLogin = "properties.functionAppConfig.deployment.storage.authentication.type";

    /// <summary>The only roles, and the resource that each is given on.</summary>
    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Microsoft.Storage/storageAccounts/",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Microsoft.Storage/storageAccounts/",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Microsoft.Storage/storageAccounts/",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Microsoft.KeyVault/vaults/",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Microsoft.Insights/components/",
    };

    /// <summary>
    /// What has logs of its own. Accounts and plans have metrics only, which are there anyway; Application Insights would store
    /// everything twice.
    /// </summary>
    private static readonly string[] Logged =
    [
        "Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts/queueServices",
        "Microsoft.Storage/storageAccounts/tableServices", "Microsoft.KeyVault/vaults", "Microsoft.Web/sites",
        "Microsoft.OperationalInsights/workspaces", "Microsoft.Network/virtualNetworks", "Microsoft.Network/networkSecurityGroups",
    ];

    private static readonly string[] Keys =
        ["listKeys", "listAccountSas", "listServiceSas", "AccountKey", "SharedAccessSignature", "InstrumentationKey=", "listSecrets"];

    public static IReadOnlyDictionary<string, Func<Template, IEnumerable<string>>> All { get; } =
        new Dictionary<string, Func<Template, IEnumerable<string>>>(StringComparer.Ordinal)
        {
            ["no shared key"] = template => [
                .. Each(template, "Microsoft.Storage/storageAccounts", "properties.allowSharedKeyAccess", "false"),
                .. Keys.Where(template.Compiled.ToJsonString().Contains)],
            ["no public blob"] = template => [
                .. Each(template, "Microsoft.Storage/storageAccounts", "properties.allowBlobPublicAccess", "false"),
                .. Each(template, "Microsoft.Storage/storageAccounts/blobServices/containers", "properties.publicAccess", "None")],
            ["an audit archive that can only grow"] = template => [
                .. Each(template, "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies", "properties.allowProtectedAppendWrites", "true")],
            ["no public network in production"] = template => template.IsProduction ? Private(template) : [],
            ["TLS 1.2 at least"] = template => [
                .. Each(template, "Microsoft.Storage/storageAccounts", "properties.minimumTlsVersion", "TLS1_2", "TLS1_3"),
                .. Each(template, "Microsoft.Web/sites", "properties.siteConfig.minTlsVersion", "1.2", "1.3"),
                .. Each(template, "Microsoft.Web/sites", "properties.siteConfig.scmMinTlsVersion", "1.2", "1.3")],
            ["HTTPS only"] = template => [
                .. Each(template, "Microsoft.Web/sites", "properties.httpsOnly", "true"),
                .. Each(template, "Microsoft.Storage/storageAccounts", "properties.supportsHttpsTrafficOnly", "true")],
            ["no FTP and no publishing password"] = template => [
                .. Each(template, "Microsoft.Web/sites", "properties.siteConfig.ftpsState", "Disabled"),
                .. Each(template, "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "properties.allow", "false"),
                .. new[] { "ftp", "scm" }.Where(name => !template.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies")
                    .Any(policy => Text(policy["name"]).EndsWith("/" + name, StringComparison.Ordinal)))],
            ["every resource with logs has them stored"] = Unlogged,
            ["the listed roles, each on its resource and with a reason"] = RoleOffences,
            ["vault by roles, not to be purged"] = template => [
                .. Each(template, "Microsoft.KeyVault/vaults", "properties.enableRbacAuthorization", "true"),
                .. Each(template, "Microsoft.KeyVault/vaults", "properties.enableSoftDelete", "true"),
                .. Each(template, "Microsoft.KeyVault/vaults", "properties.enablePurgeProtection", "true"),
                .. template.Of("Microsoft.KeyVault/vaults/secrets").Select(secret => "a secret in the template: " + Text(secret["name"]))],
            ["telemetry by Entra only"] = template => [
                .. Each(template, "Microsoft.Insights/components", "properties.DisableLocalAuth", "true"),
                .. Each(template, "Microsoft.OperationalInsights/workspaces", "properties.features.disableLocalAuth", "true"),
                .. Each(template, "Microsoft.Web/sites/config", "properties.APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "Authorization=AAD")],
            ["connected by identity"] = template => [
                .. Each(template, "Microsoft.Web/sites", "identity.type", "SystemAssigned"),
                .. Each(template, "Microsoft.Web/sites", PackageLogin, "SystemAssignedIdentity"),
                .. Each(template, "Microsoft.Web/sites/config", "properties.AzureWebJobsStorage__credential", "managedidentity"),
                .. template.Settings.Where(setting => setting.Key == "AzureWebJobsStorage").Select(setting => setting.Key)],
            ["everything is described"] = template => Undescribed(template.Compiled),
            ["a production start"] = template =>
                Each(template, "Microsoft.Web/sites/config", "properties.AZURE_FUNCTIONS_ENVIRONMENT", "Production"),
        };

    /// <summary>Parameters and outputs of every module, nested in the template as they are, that do not say what they are.</summary>
    private static IEnumerable<string> Undescribed(JsonNode? node)
    {
        if (node is not JsonObject parent)
            return node is JsonArray list ? list.SelectMany(Undescribed) : [];
        IEnumerable<string> here = parent.ContainsKey("$schema")
            ? from part in (string[])["parameters", "outputs"]
              from entry in parent[part] as JsonObject ?? []
              where Text(At(entry.Value, "metadata.description")).Length == 0
              select $"{part}: {entry.Key}"
            : [];
        return here.Concat(parent.SelectMany(child => Undescribed(child.Value)));
    }

    private static IEnumerable<string> Private(Template template) => [
        .. Each(template, "Microsoft.Storage/storageAccounts", "properties.publicNetworkAccess", "Disabled"),
        .. Each(template, "Microsoft.Storage/storageAccounts", "properties.networkAcls.defaultAction", "Deny"),
        .. Each(template, "Microsoft.KeyVault/vaults", "properties.publicNetworkAccess", "Disabled"),
        .. Each(template, "Microsoft.KeyVault/vaults", "properties.networkAcls.defaultAction", "Deny"),
        .. new[] { "blob", "queue", "table", "vault" }.Except(template.Of("Microsoft.Network/privateEndpoints")
            .Select(endpoint => Text(At(endpoint, "properties.privateLinkServiceConnections")?[0]?["properties"]?["groupIds"]?[0])))
            .Select(service => $"no private endpoint for {service}"),
        .. Of(template, "Microsoft.Network/virtualNetworks").Where(network => !network.ToJsonString().Contains("Microsoft.App/environments"))
            .Select(_ => "no subnet for the app")];

    /// <summary>Resources whose value is none of the right ones; also says when there is no such resource to have it.</summary>
    private static IEnumerable<string> Each(Template template, string type, string path, params string[] right) =>
        from resource in Of(template, type)
        let value = At(resource, path) is { } node ? Text(node) : "absent"
        where !right.Contains(value, StringComparer.OrdinalIgnoreCase)
        select $"{Text(resource["name"])}: {path} is {value}";

    private static List<JsonObject> Of(Template template, string type)
    {
        List<JsonObject> found = [.. template.Of(type)];
        return found.Count > 0 ? found : [new() { ["name"] = "no " + type }];
    }

    private static IEnumerable<string> Unlogged(Template template) =>
        from resource in template.Resources
        where Logged.Contains(Text(resource!["type"]))
        let settings = Text(resource["id"]) + "/providers/Microsoft.Insights/diagnosticSettings/"
        where !template.Of("Microsoft.Insights/diagnosticSettings").Any(setting =>
            Text(setting["id"]).StartsWith(settings, StringComparison.Ordinal)
            && Text(At(setting, "properties.workspaceId")).Length > 0
            && (At(setting, "properties.logs") as JsonArray)?.Any(log => Text(log!["enabled"]) == "true") == true)
        select Text(resource["id"]);

    private static IEnumerable<string> RoleOffences(Template template)
    {
        List<string> missing = [.. Roles.Keys];
        foreach (JsonObject assignment in template.Of("Microsoft.Authorization/roleAssignments"))
        {
            string id = Text(assignment["id"]), role = Text(At(assignment, "properties.roleDefinitionId")).Split('/')[^1];
            missing.Remove(role);
            if (!Roles.TryGetValue(role, out string? on) || !id.Contains("/providers/" + on, StringComparison.Ordinal))
                yield return $"{role} at {id}";
            if (Text(At(assignment, "properties.description")).Length < MinReason)
                yield return $"{id} has no reason";
            if (Text(At(assignment, "properties.principalType")) != "ServicePrincipal")
                yield return $"{id} is not the app's";
        }
        foreach (string role in missing)
            yield return $"{role} is not given";
        if (template.Compiled.ToJsonString().Contains("subscriptionDeploymentTemplate", StringComparison.Ordinal))
            yield return "something is deployed to the subscription";
    }
}
