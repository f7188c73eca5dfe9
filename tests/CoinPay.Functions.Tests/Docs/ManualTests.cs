using System.Text.RegularExpressions;
using Xunit;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>docs/operations.md has a section for each alert: an operator follows it when there is no time to search.</summary>
public sealed partial class ManualTests
{
    private static readonly Document Manual = new("docs/operations.md");

    [Fact]
    public void Every_section_is_linked_from_the_contents()
    {
        string contents = Manual.Text[..Manual.Text.IndexOf("\n## ", StringComparison.Ordinal)];
        Assert.NotEmpty(Manual.Headings);
        Assert.All(Manual.Headings, heading => Assert.Contains($"](#{Document.Anchor(heading)})", contents, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_path_of_the_gateway_is_named_with_its_method() =>
        Assert.Equal(Manual.PathsCalled, PathWithMethod().Count(Manual.Text));

    [Fact]
    public void Every_alert_has_its_section_and_every_section_its_alert() => Assert.Equal(
        Alert().Matches(Document.Read("infra/alerts.bicep")).Select(match => "alert-" + match.Groups["name"].Value).Order(),
        Manual.Headings.Where(heading => heading.StartsWith("Alert: ", StringComparison.Ordinal)).Select(Document.Anchor).Order());

    [GeneratedRegex(@"\b(GET|PUT|POST|PATCH|DELETE) /(v1|health)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PathWithMethod();

    [GeneratedRegex("^    name: '(?<name>[a-z-]+)'", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Alert();
}
