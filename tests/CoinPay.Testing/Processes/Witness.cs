using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CoinPay.Testing.Processes;

/// <summary>Cases generated and solved by npm libraries (tests/witness/witness.mjs), to compare our results with.</summary>
internal static class Witness
{
    private const int DefaultCases = 1000;

    /// <summary>The number of cases: COINPAY_CASES, which the soak raises.</summary>
    public static int Cases { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("COINPAY_CASES"), out int cases) ? cases : DefaultCases;

    /// <summary>The cases of one kind: different every day, unless COINPAY_SEED names the day of a failure.</summary>
    public static async Task<IReadOnlyList<JsonElement>> CasesAsync(string kind, string? argument = null)
    {
        string seed = Environment.GetEnvironmentVariable("COINPAY_SEED")
            ?? DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        ProcessStartInfo start = new(
            "node",
            [
                Path.Combine(RepositoryFiles.Root, "tests/witness/witness.mjs"), kind,
                Cases.ToString(CultureInfo.InvariantCulture), seed, argument ?? "",
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["COINPAY_TOOLS"] = RepositoryFiles.Tools;
        using Process node = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        Task<string> errors = node.StandardError.ReadToEndAsync();
        string[] lines =
            (await node.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await node.WaitForExitAsync();
        if (node.ExitCode != 0 || lines.Length != Cases)
            throw new InvalidOperationException($"the witness made {lines.Length} of {Cases} cases: {await errors}");
        return [.. lines.Select(line => JsonElement.Parse(line))];
    }

    /// <summary>A text of a case.</summary>
    public static string Text(this JsonElement witnessed, string name) => witnessed.GetProperty(name).GetString()!;
}
