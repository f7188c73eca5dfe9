using System.Reflection;
using System.Text.RegularExpressions;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Startup;
using CoinPay.Testing;
using CoinPay.Testing.Gateway;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>A document for people, and what it names of the program.</summary>
/// <param name="Path">Below the root, such as <c>docs/api.md</c>.</param>
internal sealed partial record Document(string Path)
{
    /// <summary>Answered by the host, not by a function.</summary>
    private const string HostsOwn = "GET /health/ready";

    private const string HostSection = "CoinPayHost__";

    public static readonly string[] All =
    [
        "README.md", ".github/CONTRIBUTING.md", "src/CoinPay.Host/README.md",
        .. Directory.EnumerateFiles(System.IO.Path.Combine(RepositoryFiles.Root, "docs"), "*.md").Select(file => "docs/" + System.IO.Path.GetFileName(file)),
    ];

    public string Text { get; } = Read(Path);

    public string[] Headings => Matches(Heading());

    public string[] Calls => Matches(Call());

    public string[] Scripts => Matches(Script());

    /// <summary>Files and folders in backticks.</summary>
    public string[] Paths => Matches(RepositoryPath());

    public string[] Metrics => Matches(Metric());

    public string[] Settings => Matches(Setting());

    /// <summary>Links to other files and to sections, those of this file too.</summary>
    public string[] Links => Matches(Link());

    public int PathsCalled => CallPath().Count(Text);

    public static string Read(string path) => File.ReadAllText(System.IO.Path.Combine(RepositoryFiles.Root, path));

    public bool HasTarget(string link)
    {
        string[] parts = link.Split('#');
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.Combine(RepositoryFiles.Root, Path))!;
        string target = parts[0].Length == 0 ? Path
            : System.IO.Path.GetRelativePath(RepositoryFiles.Root, System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, parts[0])));
        return File.Exists(System.IO.Path.Combine(RepositoryFiles.Root, target))
            && (parts.Length == 1 || new Document(target).Headings.Select(Anchor).Contains(parts[1]));
    }

    public static bool IsRoute(string call)
    {
        string[] words = call.Split(' ');
        return call == HostsOwn || (
            from method in typeof(Gateway).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            from parameter in method.GetParameters()
            let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
            where trigger?.Route is not null && trigger.Methods!.Contains(words[0], StringComparer.OrdinalIgnoreCase)
            select Parameter().Replace("/" + trigger.Route, "{}")).Contains(Parameter().Replace(words[1], "{}"));
    }

    /// <summary>Whether a metric or an attribute of spans is called so.</summary>
    public static bool IsTelemetry(string name) =>
        Sources("src/CoinPay.Functions").Concat(Sources("src/CoinPay.Chains")).Any(source => source.Contains($"\"{name}\"", StringComparison.Ordinal));

    public static bool IsScript(string path) => File.Exists(System.IO.Path.Combine(RepositoryFiles.Root, path));

    public static bool IsPath(string path) => System.IO.Path.Exists(System.IO.Path.Combine(RepositoryFiles.Root, path));

    /// <summary>Whether the app reads it, or the host if it is one of the host's own.</summary>
    public static bool IsRead(string setting)
    {
        if (!setting.StartsWith(HostSection, StringComparison.Ordinal))
            return ReadByTheApp.Any(name => Names(setting, name));
        string name = setting[HostSection.Length..];
        return name == "…" || Sources("src/CoinPay.Host").Any(source =>
            source.Contains($"[\"{name}\"]", StringComparison.Ordinal) || source.Contains($"own, \"{name}\"", StringComparison.Ordinal)
            || source.Contains($"\"CoinPayHost:{name}\"", StringComparison.Ordinal));
    }

    /// <summary>
    /// Whether a document means a setting: <c>&lt;name&gt;</c> stands for one part of it, … for all that is left. In what the
    /// app reads, <c>any</c> stands for one part.
    /// </summary>
    public static bool Names(string written, string name)
    {
        string[] wanted = written.Split("__"), parts = name.Split(':');
        bool isOpen = wanted[^1] == "…";
        if (isOpen)
            wanted = wanted[..^1];
        return (isOpen ? wanted.Length < parts.Length : wanted.Length == parts.Length)
            && wanted.Zip(parts).All(pair => pair.First is ['<', ..] || pair.Second == "any"
                || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>As GitHub makes it: small letters, hyphens for spaces, nothing else.</summary>
    public static string Anchor(string heading) => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    internal static IReadOnlyList<string> ReadByTheApp { get; } =
    [
        .. SettingNames.ReadByTheApp(), SecretName.PreviousOf(SecretName.KeyPepper), SecretName.PreviousOf(SecretName.SecretsKey),
    ];

    internal static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(System.IO.Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText);

    private string[] Matches(Regex what) => [.. what.Matches(Text).Select(match => match.Groups["found"].Value).Distinct()];

    [GeneratedRegex("^##+ (?<found>.+)$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?<found>[^):]*)\)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"\b(?<found>(GET|PUT|POST|PATCH|DELETE) /(v1|health|pay)[a-z0-9/{}_-]*)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Call();

    [GeneratedRegex(@"/(v1|health)\b", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CallPath();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"(?<found>scripts/[\w/-]+\.(sh|mjs|json))", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Script();

    [GeneratedRegex(@"`(?<found>(src|tests|infra|docs)/[^`<…*{\s]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"`(?<found>coinpay\.[a-z_.]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Metric();

    [GeneratedRegex("(?<found>CoinPay(Host)?__[A-Za-z_<>…]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Setting();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.NonBacktracking)]
    private static partial Regex NotInAnchors();
}
