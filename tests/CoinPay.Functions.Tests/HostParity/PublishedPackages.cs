using System.Text.RegularExpressions;
using CoinPay.Tests;

namespace CoinPay.Functions.Tests.HostParity;

/// <summary>
/// <c>src/CoinPay.Functions/published-packages.md</c> as data: a heading a package with its version, the members below it; where
/// they come with another package, the heading names that one.
/// </summary>
internal sealed partial class PublishedPackages
{
    public static string Path { get; } =
        System.IO.Path.Combine(RepositoryFiles.Root, "src/CoinPay.Functions/published-packages.md");

    private PublishedPackages(IReadOnlyDictionary<string, string> versions, IReadOnlyList<string> members) =>
        (Versions, Members) = (versions, members);

    /// <summary>The packages that the project names, with their versions.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; }

    public IReadOnlyList<string> Members { get; }

    public static PublishedPackages Read()
    {
        Dictionary<string, string> versions = new(StringComparer.Ordinal);
        List<string> members = [];
        foreach (string line in File.ReadLines(Path))
            if (Heading().Match(line) is { Success: true } package)
                versions[package.Groups["id"].Value] = package.Groups["version"].Value;
            else if (line.StartsWith("- `", StringComparison.Ordinal))
                members.Add(line[3..line.LastIndexOf('`')]);
        return new(versions, members);
    }

    [GeneratedRegex(
        "^## (.* with )?(?<id>[A-Za-z.0-9]+) (?<version>[0-9.]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Heading();
}
