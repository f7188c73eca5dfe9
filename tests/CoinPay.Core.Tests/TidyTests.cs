using System.Text.RegularExpressions;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Tests.Core;

/// <summary>House rules that no analyzer states.</summary>
public sealed partial class TidyTests
{
    private static readonly string CoreFolder = Path.Combine(RepositoryFiles.Root, "src", "CoinPay.Core");

    [Fact]
    public void Core_has_no_package_and_no_project_reference()
    {
        string project = File.ReadAllText(Path.Combine(CoreFolder, "CoinPay.Core.csproj"));
        Assert.DoesNotContain("PackageReference", project, StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", project, StringComparison.Ordinal);
    }

    [Fact]
    public void Core_reads_no_clock_and_draws_no_random_number()
    {
        IEnumerable<string> offences =
            from path in CoreSources()
            from line in File.ReadLines(path).Select((text, index) => (Text: text, Number: index + 1))
            where ClockOrChance().IsMatch(line.Text)
            select $"{Path.GetRelativePath(RepositoryFiles.Root, path)}:{line.Number}: {line.Text.Trim()}";
        Assert.Empty(offences);
    }

    [Theory]
    [InlineData("DateTimeOffset at = DateTimeOffset.UtcNow;")]
    [InlineData("var at = DateTime.Now;")]
    [InlineData("Foo(TimeProvider clock)")]
    [InlineData("Guid id = Guid.CreateVersion7();")]
    [InlineData("Random.Shared.Next()")]
    [InlineData("Stopwatch.GetTimestamp()")]
    [InlineData("File.ReadAllText(path)")]
    public void The_scan_for_clock_and_chance_knows_one_when_it_sees_it(string line) =>
        Assert.Matches(ClockOrChance(), line);

    /// <summary>What needs a node, Azurite, the host or a browser is an acceptance test.</summary>
    [Theory]
    [InlineData("CoinPay.Core.Tests")]
    [InlineData("CoinPay.Chains.Tests")]
    [InlineData("CoinPay.Functions.Tests")]
    [InlineData("CoinPay.Simulation")]
    public void Tests_in_memory_start_no_process(string project) => Assert.DoesNotContain(
        Sources(Path.Combine(RepositoryFiles.Root, "tests", project)),
        path => ProcessStart().IsMatch(File.ReadAllText(path)));

    [Fact]
    public void The_scan_for_processes_finds_those_of_the_acceptance_tests() => Assert.Contains(
        Sources(Path.Combine(RepositoryFiles.Root, "tests", "CoinPay.Acceptance")),
        path => ProcessStart().IsMatch(File.ReadAllText(path)));

    private static List<string> CoreSources() => Sources(CoreFolder);

    private static List<string> Sources(string folder)
    {
        List<string> paths = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).StartsWith("obj", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(paths);
        return paths;
    }

    [GeneratedRegex(
        @"\b(UtcNow|DateTime(Offset)?\.Now|DateTime\.Today|TimeProvider|Guid\.(NewGuid|CreateVersion7)|Random|"
        + @"RandomNumberGenerator|Stopwatch|Environment\.\w+|Thread|Task\.\w+|HttpClient|File\.\w+)\b",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ClockOrChance();

    [GeneratedRegex(
        @"\b((Anvil|Bitcoind|Azurite|GatewayProcess|LocalProcess|Process)\.Start|Witness\.Cases|Azurite" + @"Storage\b)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ProcessStart();
}
