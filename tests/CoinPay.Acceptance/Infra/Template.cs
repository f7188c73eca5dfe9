using System.Text.Json.Nodes;

namespace CoinPay.Acceptance.Infra;

/// <summary>
/// What a deployment of one of the parameter files would make. Bicep itself works it out (<c>bicep snapshot</c>): loops, conditions
/// and nested deployments are done, only what exists no earlier than the resources is left as an expression.
/// </summary>
internal sealed record Template(string Environment, JsonArray Resources, JsonNode Compiled)
{
    private const string Subscription = "11111111-1111-1111-1111-111111111111";
    private const string Tenant = "22222222-2222-2222-2222-222222222222";

    private static readonly Lazy<Task<JsonNode>> Main = new(CompileAsync);
    private static readonly Lazy<Task<Template>> Dev = new(() => BuildAsync("dev"));
    private static readonly Lazy<Task<Template>> Prod = new(() => BuildAsync("prod"));

    public bool IsProduction => Environment == "prod";

    /// <summary>A copy, which the caller may change.</summary>
    public static async Task<Template> OfAsync(string environment)
    {
        Template built = await (environment == "prod" ? Prod : Dev).Value;
        return built with { Resources = built.Resources.DeepClone().AsArray(), Compiled = built.Compiled.DeepClone() };
    }

    public IEnumerable<JsonObject> Of(string type) =>
        Resources.Select(resource => resource!.AsObject()).Where(resource => Text(resource["type"]) == type);

    /// <summary>The app's settings as Azure will have them.</summary>
    public JsonObject Settings => Of("Microsoft.Web/sites/config").Single()["properties"]!.AsObject();

    /// <summary>A value below a resource by its path, such as <c>properties.sku.name</c>; null where there is none.</summary>
    public static JsonNode? At(JsonNode? resource, string path) =>
        path.Split('.').Aggregate(resource, (at, name) => (at as JsonObject)?[name]);

    public static string Text(JsonNode? value) => value?.ToString() ?? "";

    private static async Task<Template> BuildAsync(string environment)
    {
        using BicepCli bicep = new();
        await ExpectAsync(bicep.RunAsync(
            "snapshot", $"main.{environment}.bicepparam", "--mode", "overwrite", "--subscription-id", Subscription, "--tenant-id", Tenant,
            "--resource-group", "coinpay", "--location", "westeurope"));
        JsonNode snapshot = JsonNode.Parse(
            await File.ReadAllTextAsync(Path.Combine(bicep.Folder, $"main.{environment}.snapshot.json")))!;
        Assert.Empty(snapshot["diagnostics"]!.AsArray());
        return new(environment, snapshot["predictedResources"]!.AsArray(), await Main.Value);
    }

    /// <summary>Every module by itself too, as a mistake in one that nobody uses yet is one.</summary>
    private static async Task<JsonNode> CompileAsync()
    {
        using BicepCli bicep = new();
        await ExpectAsync(bicep.RunAsync("build", "--pattern", "*.bicep"));
        return JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(bicep.Folder, "main.json")))!;
    }

    /// <summary>Not a word: Bicep says a warning and goes on.</summary>
    private static async Task ExpectAsync(Task<(int ExitCode, string Printed)> run) => Assert.Equal((0, ""), await run);
}
