using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using CoinPay.Testing;

namespace CoinPay.Benchmarks;

/// <summary>Prints figures, headed by what they were measured on: without that they say nothing.</summary>
internal static class Report
{
    private const double Gibi = 1L << 30;

    public static void Head(string benchmark)
    {
        string load = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
        Line("command", $"scripts/bench.sh {benchmark}");
        Line("commit", Environment.GetEnvironmentVariable("COINPAY_COMMIT") ?? "unknown");
        Line("at", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture));
        Line("machine",
            $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gibi:F1} GiB, "
            + $"load average {load} before the start");
        Line("runtime", RuntimeInformation.FrameworkDescription);
        Line("store", $"Azurite {AzuriteVersion()}, on disk, same machine");
    }

    public static void Title(string title) => Console.WriteLine($"\n{title}");

    public static void Line(string what, string figure) => Console.WriteLine($"  {what,-44} {figure}");

    /// <summary>
    /// A row a table or queue and kind, with how many there were for each of <paramref name="count"/> things.
    /// </summary>
    public static void Operations(IEnumerable<StorageCall> calls, double count)
    {
        foreach (IGrouping<(string Place, string Kind), StorageCall> kind in calls
            .GroupBy(call => (call.Place, call.Kind))
            .OrderBy(kind => kind.Key.Place, StringComparer.Ordinal)
            .ThenByDescending(kind => kind.Count()))
            Line($"  {kind.Key.Place} {kind.Key.Kind}", $"{kind.Count() / count,8:F2}");
    }

    /// <summary>The value that this share of the sorted values does not pass.</summary>
    public static TimeSpan Percentile(IReadOnlyCollection<TimeSpan> values, double share)
    {
        TimeSpan[] sorted = [.. values.Order()];
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    private static string AzuriteVersion() =>
        JsonElement.Parse(File.ReadAllText(RepositoryFiles.NodeModule("azurite/package.json")))
            .GetProperty("version").GetString()!;
}
