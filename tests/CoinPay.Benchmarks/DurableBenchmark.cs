using System.Diagnostics;
using CoinPay.Testing.Processes;

namespace CoinPay.Benchmarks;

/// <summary>Microsoft's durable engine in CoinPay.Host on a real Azurite: how fast, with how many storage requests, how much when idle.</summary>
internal static class DurableBenchmark
{
    private const string FiveActivities = "FiveActivities";
    private const string TimerAndEvent = "TimerAndEvent";
    private const int WarmUp = 40;
    private const int Orchestrations = 200;
    private const int Counted = 50;
    private const int Runs = 3;
    private const double Mebi = 1 << 20;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleDown = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(2);

    public static async Task RunAsync()
    {
        Report.Head("durable");
        await MeasureSpeedAsync();
        await CountAsync();
    }

    private static async Task MeasureSpeedAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using DurableHost host = await DurableHost.StartAsync(azurite.ConnectionString);
        Report.Title("Memory of the host");
        Report.Line("resident, idle after its start", Resident(host));
        await host.RunAsync(FiveActivities, WarmUp);
        for (int run = 1; run <= Runs; run++)
        {
            (TimeSpan took, IReadOnlyList<TimeSpan> each) = await host.RunAsync(FiveActivities, Orchestrations);
            Report.Title($"{Orchestrations} orchestrations of five sequential activities at once, run {run} of {Runs}");
            Report.Line("orchestrations/s", $"{Orchestrations / took.TotalSeconds,8:F1}");
            Report.Line("start to last activity, p50", $"{Report.Percentile(each, 0.5).TotalMilliseconds,8:F0} ms");
            Report.Line("start to last activity, p95", $"{Report.Percentile(each, 0.95).TotalMilliseconds,8:F0} ms");
        }
        Report.Line("resident memory of the host", Resident(host));
    }

    /// <summary>Through the counter, which slows all down: these runs are not timed.</summary>
    private static async Task CountAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using StorageCounter counter = await StorageCounter.StartAsync(azurite.ConnectionString);
        await using DurableHost host = await DurableHost.StartAsync(counter.ConnectionString);
        await CountAsync(host, counter, FiveActivities, "five sequential activities");
        await CountAsync(host, counter, TimerAndEvent, "activity, timer, event, activity");
        await Task.Delay(SettleDown);
        counter.Take();
        await Task.Delay(Idle);
        IReadOnlyList<StorageCall> idle = counter.Take();
        Report.Title($"Idle, over {Idle}");
        Report.Line("storage requests a minute", $"{idle.Count / Idle.TotalMinutes,8:F2}");
        Report.Operations(idle, Idle.TotalMinutes);
    }

    private static async Task CountAsync(DurableHost host, StorageCounter counter, string orchestrator, string what)
    {
        await host.RunAsync(orchestrator, 1);
        await Task.Delay(Quiet);
        counter.Take();
        await host.RunAsync(orchestrator, Counted);
        await Task.Delay(Quiet);
        List<StorageCall> calls = [.. counter.Take().Where(call => call is { Owner: StorageOwner.Durable, Service: not "Blob", IsEmptyReceive: false })];
        Report.Title($"Storage requests of one orchestration: {what}, mean of {Counted} at once");
        Report.Line("all", $"{(double)calls.Count / Counted,8:F2}");
        Report.Operations(calls, Counted);
    }

    private static string Resident(DurableHost host)
    {
        using Process process = Process.GetProcessById(host.ProcessId);
        return $"{process.WorkingSet64 / Mebi,8:F0} MiB";
    }
}
