using System.Text.RegularExpressions;
using CoinPay.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Docs;

/// <summary>
/// Text that users, payers and operators read is plain English. These words are grammatical and still give a translation away:
/// each has a plain one beside it.
/// </summary>
public sealed partial class PlainEnglishTests
{
    private static readonly (string Pattern, string Plain)[] Banned =
    [
        (@"\bso many\b", "the number of"),
        (@"\banew\b", "again"),
        (@"\bbesides\b", "also, in addition to, other than"),
        (@"\bmend(s|ed)?\b", "fix"),
        (@"\b(stands?|stood)\b(?! (by|for|still)\b)", "is, exists, is valid"),
        (@"\bserves on\b", "keeps using"),
        (@"\b(is|are) away\b", "is unreachable"),
        (@"\b(this|that|it|type|text|answer|path|key) is no (?!longer\b|more\b|such\b)", "is not a"),
        (@"\b(comes to|makes) [^.]{1,30}: too little\b", "is below the minimum"),
        (@"\bthere is no such path\b", "no route matches"),
    ];

    private static IEnumerable<string> Texts() =>
        [.. Files("src", "*.cs"), .. Files("src", "*.yaml"), .. Files("src", "*.mjs"), .. Files("scripts", "*.sh"), .. Files("scripts", "*.mjs"),
            .. Files("docs", "*.md"), .. Files("infra", "*.bicep"), "README.md"];

    [Fact]
    public void Text_that_people_read_has_none_of_these_words() =>
        Assert.Empty(Texts().SelectMany(path => WordsIn(path, File.ReadAllLines(Path.Combine(RepositoryFiles.Root, path)))));

    /// <summary>In code, only what is said: a text with a space in it. A comment is for those who read the code.</summary>
    [Theory]
    [InlineData("a.cs", "throw new(\"Retry so many times.\");", 1)]
    [InlineData("a.cs", "// Retry so many times.", 0)]
    [InlineData("a.cs", "Find(\"stands\");", 0)]
    [InlineData("a.mjs", "fail(`another stands in its place`);", 1)]
    [InlineData("a.md", "Whoever asks anew gets the same.", 1)]
    [InlineData("a.md", "A second host stands by; the key stands for one request.", 0)]
    [InlineData("a.yaml", "  description: This is no key.", 1)]
    [InlineData("a.yaml", "  description: It is no longer valid.", 0)]
    public void The_search_finds_what_is_said_and_nothing_else(string path, string line, int found) =>
        Assert.Equal(found, WordsIn(path, [line]).Count());

    private static IEnumerable<string> WordsIn(string path, string[] lines) =>
        from line in lines.Index()
        from text in Said(path, line.Item)
        from banned in Banned
        where Regex.IsMatch(text, banned.Pattern, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1))
        select $"{path}:{line.Index + 1}: write \"{banned.Plain}\" instead of {banned.Pattern}: {text.Trim()}";

    private static IEnumerable<string> Said(string path, string line) => Path.GetExtension(path) switch
    {
        ".md" => [line],
        ".yaml" => [line.Split(" # ")[0]],
        _ => Literal().Matches(line.Split("//")[0]).Select(match => match.Value).Where(text => text.Contains(' ', StringComparison.Ordinal)),
    };

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(RepositoryFiles.Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/node_modules/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("""(?<quote>["'`])(?:\\.|(?!\k<quote>).)*\k<quote>""", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Literal();
}
