using CoinPay.Tests;

namespace CoinPay.Embedded.Tests.Surface;

/// <summary>The lines of the published packages' types that src/Embedded offers, in *.txt beside this file.</summary>
internal static class SurfaceLists
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests", "Embedded.Tests", "Surface");

    public static IReadOnlyList<string> Read() => [.. Directory.GetFiles(Folder, "*.txt").SelectMany(File.ReadAllLines)];

    /// <summary>Copies all lines of the offered types from a folder with the whole lists; a list it lacks is left as it is.</summary>
    public static void TakeFrom(string folder, IEnumerable<string> offered)
    {
        HashSet<string> types = [.. offered.Where(line => line.StartsWith("T:", StringComparison.Ordinal)).Select(TypeOf)];
        foreach (string list in Directory.GetFiles(Folder, "*.txt"))
        {
            string source = Path.Combine(folder, Path.GetFileName(list));
            if (File.Exists(source))
                File.WriteAllLines(list, File.ReadLines(source).Where(line => types.Contains(TypeOf(line))));
        }
    }

    /// <summary>What of ours the published packages do not have.</summary>
    public static IEnumerable<string> Missing(IEnumerable<string> ours, IReadOnlyList<string> published)
    {
        HashSet<string> lines = [.. published];
        Dictionary<string, HashSet<string>> bases = published.Where(line => line.StartsWith("T:", StringComparison.Ordinal))
            .GroupBy(Head).ToDictionary(type => type.Key, type => type.SelectMany(Bases).ToHashSet());
        return ours.Where(line => line.StartsWith("T:", StringComparison.Ordinal)
            ? !bases.TryGetValue(Head(line), out HashSet<string>? known) || !Bases(line).All(known.Contains)
            : !lines.Contains(line));
    }

    private static string Head(string line) => line.Split(" : ")[0];

    private static string[] Bases(string line) => line.Contains(" : ") ? line.Split(" : ")[1].Split(" ; ") : [];

    /// <summary>The type that a line belongs to: for a member what stands before its last dot outside of parameters.</summary>
    private static string TypeOf(string line)
    {
        string name = line[2..].Split(' ')[0];
        if (line.StartsWith("T:", StringComparison.Ordinal))
            return name;
        string member = name.Split('(')[0];
        return member[..member.LastIndexOf('.')];
    }
}
