using System.Diagnostics;
using System.Net.Http.Json;
using CoinPay.Testing.Processes;

namespace CoinPay.Benchmarks;

/// <summary>The gateway as one process: how long until it answers, and what it takes of memory and processor until then.</summary>
internal static class StartBenchmark
{
    private const int Starts = 10;
    private const double Mebi = 1 << 20;

    public static async Task RunAsync()
    {
        Report.Head("start");
        await using Azurite azurite = await Azurite.StartAsync();
        List<Started> starts = [];
        for (int number = 0; number <= Starts; number++)
            starts.Add(await MeasureAsync(azurite.ConnectionString));
        Report.Title("first start, on an empty storage account");
        Print([starts[0]]);
        Report.Title($"{Starts} starts on its storage account, slowest first");
        Print([.. starts[1..].OrderByDescending(start => start.Answered)]);
    }

    private static async Task<Started> MeasureAsync(string storage)
    {
        long began = Stopwatch.GetTimestamp();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(storage, new Dictionary<string, string?>());
        TimeSpan live = Stopwatch.GetElapsedTime(began);
        using HttpClient http = new() { BaseAddress = gateway.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", GatewayProcess.OperatorKey);
        (await http.PostAsJsonAsync("/v1/merchants", new { name = "Bench" })).EnsureSuccessStatusCode();
        TimeSpan answered = Stopwatch.GetElapsedTime(began);
        using Process process = Process.GetProcessById(gateway.Id);
        return new(live, answered, process.TotalProcessorTime, process.WorkingSet64 / Mebi);
    }

    private static void Print(Started[] starts)
    {
        foreach (Started start in starts)
            Report.Line(
                $"live {start.Live.TotalSeconds:F2} s, processor {start.Processor.TotalSeconds:F2} s, {start.Resident:F0} MiB",
                $"first merchant after {start.Answered.TotalSeconds:F2} s");
    }

    private sealed record Started(TimeSpan Live, TimeSpan Answered, TimeSpan Processor, double Resident);
}
