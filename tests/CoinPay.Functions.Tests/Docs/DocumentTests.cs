using System.Text.RegularExpressions;
using Xunit;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>README.md, CONTRIBUTING.md and docs/ name nothing that does not exist, and docs/configuration.md leaves no setting out.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Lines of the README: whoever sees the project for the first time reads all of it.</summary>
    private const int MaxReadmeLines = 150;

    public static TheoryData<string> Documents() => [.. Document.All];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_call_script_path_metric_setting_and_link_exists(string path)
    {
        Document document = new(path);
        Require(path, "no such call", document.Calls, Document.IsRoute);
        Require(path, "no such script", document.Scripts, Document.IsScript);
        Require(path, "no such file or folder", document.Paths, Document.IsPath);
        Require(path, "no such metric", document.Metrics, Document.IsTelemetry);
        Require(path, "nobody reads this setting", document.Settings, Document.IsRead);
        Require(path, "a link to nothing", document.Links, document.HasTarget);
    }

    [Fact]
    public void The_search_finds_calls_scripts_paths_metrics_settings_and_links()
    {
        Assert.Contains("POST /v1/invoices/{id}/fulfilments", new Document("docs/api.md").Calls);
        Assert.Contains("scripts/deploy.sh", new Document("docs/deploy.md").Scripts);
        Assert.Contains("src/CoinPay.Chains/networks.json", new Document(".github/CONTRIBUTING.md").Paths);
        Assert.Contains("coinpay.chain.lag", new Document("docs/telemetry.md").Metrics);
        Assert.Contains("CoinPay__Networks__<name>__Rpc", new Document("docs/configuration.md").Settings);
        Assert.Contains("CoinPayHost__SystemKey", new Document("docs/self-hosting.md").Settings);
        Assert.Contains("operations.md#keys", new Document("docs/configuration.md").Links);
    }

    [Theory]
    [InlineData("GET /v1/invoices/{id}", true)]
    [InlineData("DELETE /v1/merchants/{id}/api-keys/{key}", true)]
    [InlineData("GET /pay/{invoice_id}/status", true)]
    [InlineData("POST /v1/invoices/{id}", false)]
    [InlineData("GET /v1/invoices/{id}/lines", false)]
    [InlineData("GET /v1/{id}", false)]
    [InlineData("GET /health", false)]
    public void A_call_is_told_from_what_only_looks_like_one(string call, bool exists) => Assert.Equal(exists, Document.IsRoute(call));

    [Theory]
    [InlineData("CoinPay__Networks__<name>__Rpc", "CoinPay:Networks:anvil:Rpc", true)]
    [InlineData("CoinPay__Limits__…", "CoinPay:Limits:RequestsPerKey", true)]
    [InlineData("CoinPay__Rates__EUR__USDT", "CoinPay:Rates:any:any", true)]
    [InlineData("CoinPay__Networks__<name>__Url", "CoinPay:Networks:anvil:Rpc", false)]
    [InlineData("CoinPay__Limits", "CoinPay:Limits:RequestsPerKey", false)]
    [InlineData("CoinPay__Key", "CoinPay:KeyPepper", false)]
    public void A_setting_is_told_from_what_only_looks_like_one(string written, string name, bool same) =>
        Assert.Equal(same, Document.Names(written, name));

    [Theory]
    [InlineData("CoinPayHost__SystemKey", true)]
    [InlineData("CoinPayHost__SystemKeys", false)]
    [InlineData("CoinPay__Webhooks__Ports", true)]
    [InlineData("CoinPay__Webhooks__Port", false)]
    public void A_setting_that_nobody_reads_is_found(string setting, bool isRead) => Assert.Equal(isRead, Document.IsRead(setting));

    [Fact]
    public void Every_setting_that_the_app_reads_is_described()
    {
        string[] described = [.. Described()];
        string[] missing =
        [
            .. Document.ReadByTheApp
                .Where(name => !name.StartsWith("WEBSITE_", StringComparison.Ordinal) && name != "URLS")
                .Where(name => !described.Any(setting => Document.Names(setting, name))),
        ];
        Assert.True(missing.Length == 0, "docs/configuration.md leaves out " + string.Join(", ", missing));
    }

    [Fact]
    public void Every_test_that_the_threat_model_names_exists()
    {
        string[] named =
            [.. TestName().Matches(Document.Read("docs/threat-model.md")).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal)];
        HashSet<string> tests =
            [.. Document.Sources("tests").SelectMany(source => TestMethod().Matches(source)).Select(match => match.Groups["name"].Value)];
        Assert.InRange(named.Length, 50, 500);
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [Fact]
    public void The_readme_is_short() => Assert.InRange(Document.Read("README.md").Split('\n').Length, 1, MaxReadmeLines);

    /// <summary>The names of the table; <c>…__User</c> stands for the one before it with another last part.</summary>
    private static IEnumerable<string> Described()
    {
        foreach (string row in Document.Read("docs/configuration.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            string before = "";
            foreach (Match match in Code().Matches(row))
            {
                string name = match.Groups["name"].Value;
                if (name.StartsWith("…__", StringComparison.Ordinal))
                    name = string.Join("__", [.. before.Split("__")[..^1], name["…__".Length..]]);
                yield return before = name;
            }
        }
    }

    private static void Require(string path, string otherwise, string[] found, Predicate<string> holds)
    {
        string[] wrong = [.. found.Where(one => !holds(one))];
        Assert.True(wrong.Length == 0, $"{path}: {otherwise}: {string.Join(", ", wrong)}");
    }

    [GeneratedRegex("`(?<name>[A-Za-z…<][A-Za-z_<>…]*)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Code();

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (async )?(Task|void) (?<name>[A-Z]\w+)\(", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex TestMethod();
}
