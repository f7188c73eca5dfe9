using System.Reflection;
using System.Text.RegularExpressions;
using CoinPay.Functions.Settings;
using CoinPay.Functions.Tests.Infra;
using CoinPay.Tests;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace CoinPay.Functions.Tests.Operations;

/// <summary>OPERATIONS.md names nothing that is not there: an operator follows it when there is no time to search.</summary>
public sealed partial class ManualTests
{
    private static readonly string Manual = Read("OPERATIONS.md");

    private static readonly string[] Headings = [.. Heading().Matches(Manual).Select(match => match.Groups["text"].Value)];

    [Fact]
    public void Every_link_into_the_manual_has_its_section()
    {
        string[] sections = [.. Headings.Select(Anchor)];
        RequireAll(Link().Matches(Manual).Select(match => match.Groups["anchor"].Value), sections.Contains, "a link to no section");
    }

    [Fact]
    public void Every_section_is_linked_from_the_contents()
    {
        string contents = Manual[..Manual.IndexOf("\n## ", StringComparison.Ordinal)];
        RequireAll(Headings, heading => contents.Contains($"](#{Anchor(heading)})", StringComparison.Ordinal), "not in the contents");
    }

    [Fact]
    public void Every_call_is_a_route_of_the_gateway()
    {
        string[] calls = [.. Call().Matches(Manual).Select(match => match.Value)];
        Assert.Equal(CallPath().Count(Manual), calls.Length);
        RequireAll(calls, IsRoute, "no such call");
    }

    [Theory]
    [InlineData("GET /v1/invoices/{id}", true)]
    [InlineData("DELETE /v1/merchants/{id}/api-keys/{key}", true)]
    [InlineData("POST /v1/invoices/{id}", false)]
    [InlineData("GET /v1/invoices/{id}/lines", false)]
    [InlineData("GET /v1/{id}", false)]
    [InlineData("GET /health", false)]
    public void A_call_is_told_from_what_only_looks_like_one(string call, bool exists) => Assert.Equal(exists, IsRoute(call));

    [Fact]
    public void Every_script_is_there() => RequireAll(
        Script().Matches(Manual).Select(match => match.Value),
        path => File.Exists(Path.Combine(RepositoryFiles.Root, path)),
        "no such script");

    [Fact]
    public void Every_metric_is_an_instrument()
    {
        string[] instruments = [.. new[] { "Instruments", "Gauges" }
            .Select(name => Read($"src/CoinPay.Functions/Telemetry/{name}.cs"))
            .SelectMany(source => Instrument().Matches(source)).Select(match => match.Groups["name"].Value)];
        RequireAll(Metric().Matches(Manual).Select(match => match.Groups["name"].Value), instruments.Contains, "no such metric");
    }

    [Fact]
    public void Every_alert_has_its_section_and_every_section_its_alert() => Assert.Equal(
        Alert().Matches(Read("infra/alerts.bicep")).Select(match => "alert-" + match.Groups["name"].Value).Order(),
        Headings.Where(heading => heading.StartsWith("Alert: ", StringComparison.Ordinal)).Select(Anchor).Order());

    [Fact]
    public void Every_setting_is_read_by_the_gateway()
    {
        List<string> read = [
            .. SettingsTests.ReadByTheApp(),
            SecretName.PreviousOf(SecretName.KeyPepper), SecretName.PreviousOf(SecretName.SecretsKey)];
        RequireAll(
            Setting().Matches(Manual).Select(match => match.Value),
            setting => read.Exists(name => Names(setting, name)),
            "nobody reads this setting");
    }

    [Theory]
    [InlineData("CoinPay__Networks__<name>__Rpc", "CoinPay:Networks:anvil:Rpc", true)]
    [InlineData("CoinPay__Limits__…", "CoinPay:Limits:RequestsPerKey", true)]
    [InlineData("CoinPay__Networks__<name>__Url", "CoinPay:Networks:anvil:Rpc", false)]
    [InlineData("CoinPay__Key", "CoinPay:KeyPepper", false)]
    public void A_setting_is_told_from_what_only_looks_like_one(string written, string name, bool same) =>
        Assert.Equal(same, Names(written, name));

    /// <summary>Every one of what was found, of which there is some: a search that finds nothing proves nothing.</summary>
    private static void RequireAll(IEnumerable<string> found, Predicate<string> holds, string otherwise)
    {
        string[] all = [.. found.Distinct()];
        Assert.NotEmpty(all);
        string[] wrong = [.. all.Where(one => !holds(one))];
        Assert.True(wrong.Length == 0, $"OPERATIONS.md: {otherwise}: {string.Join(", ", wrong)}");
    }

    private static bool IsRoute(string call)
    {
        string[] words = call.Split(' ');
        return (
            from method in typeof(Gateway).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
            where trigger?.Route is not null && trigger.Methods!.Contains(words[0], StringComparer.OrdinalIgnoreCase)
            select Parameter().Replace("/" + trigger.Route, "{}")).Contains(Parameter().Replace(words[1], "{}"));
    }

    /// <summary><c>&lt;name&gt;</c> stands for one part of a name, … for all that is left of it.</summary>
    private static bool Names(string setting, string name)
    {
        string pattern = Regex.Escape(setting).Replace("__", ":", StringComparison.Ordinal)
            .Replace("<name>", "[^:]+", StringComparison.Ordinal).Replace("…", ".+", StringComparison.Ordinal);
        return Regex.IsMatch(name, $"^{pattern}$", RegexOptions.NonBacktracking);
    }

    /// <summary>As GitHub makes it: small letters, hyphens for spaces, nothing else.</summary>
    private static string Anchor(string heading) =>
        NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static string Read(string path) => File.ReadAllText(Path.Combine(RepositoryFiles.Root, path));

    [GeneratedRegex("^##+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\(#(?<anchor>[^)]*)\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"\b(GET|PUT|POST|PATCH|DELETE) /(v1|health)[a-z0-9/{}_-]*", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Call();

    [GeneratedRegex(@"/(v1|health)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CallPath();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"scripts/[\w/-]+\.sh", RegexOptions.NonBacktracking)]
    private static partial Regex Script();

    [GeneratedRegex(@"`(?<name>coinpay\.[a-z_.]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();

    [GeneratedRegex("\"(?<name>coinpay\\.[a-z_.]+)\"", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Instrument();

    [GeneratedRegex("^    name: '(?<name>[a-z-]+)'", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Alert();

    [GeneratedRegex("CoinPay__[A-Za-z_<>…]+", RegexOptions.NonBacktracking)]
    private static partial Regex Setting();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.NonBacktracking)]
    private static partial Regex NotInAnchors();
}
