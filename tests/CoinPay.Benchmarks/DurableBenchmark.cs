using System.Collections.Concurrent;
using System.Diagnostics;
using CoinPay.Tests;

namespace CoinPay.Benchmarks;

/// <summary>
/// The embedded durable engine on a real Azurite: how fast, with how many storage operations, how much when idle.
/// </summary>
internal static class DurableBenchmark
{
    private const int WarmUp = 40;
    private const int Orchestrations = 200;
    private const int Counted = 50;
    private const int Runs = 3;
    private const double Mebi = 1 << 20;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);

    public static async Task RunAsync()
    {
        Report.Head("durable");
        await MeasureSpeedAsync();
        await CountAsync();
    }

    /// <summary>
    /// Straight to Azurite. Whoever waits looks once or twice at each instance: those reads are part of the figure.
    /// </summary>
    private static async Task MeasureSpeedAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using DurableHost host = await DurableHost.StartAsync(azurite.ConnectionString);
        await RunAllAsync(host, WarmUp);
        for (int run = 1; run <= Runs; run++)
        {
            (TimeSpan took, IReadOnlyCollection<TimeSpan> each) = await RunAllAsync(host, Orchestrations);
            Report.Title($"{Orchestrations} orchestrations of five sequential activities at once, run {run} of {Runs}");
            Report.Line("orchestrations/s (aim 130)", $"{Orchestrations / took.TotalSeconds,8:F1}");
            Report.Line("start to seen completed, p50", $"{Report.Percentile(each, 0.5).TotalMilliseconds,8:F0} ms");
            Report.Line("start to seen completed, p95", $"{Report.Percentile(each, 0.95).TotalMilliseconds,8:F0} ms");
        }
        using Process self = Process.GetCurrentProcess();
        Report.Line("resident memory of this process",
            $"{self.WorkingSet64 / Mebi,8:F0} MiB (host, engine, this load)");
    }

    private static async Task<(TimeSpan Took, IReadOnlyCollection<TimeSpan> Each)> RunAllAsync(
        DurableHost host, int count)
    {
        ConcurrentBag<TimeSpan> each = [];
        Stopwatch all = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            TimeSpan begun = all.Elapsed;
            await host.EndAsync(await host.BeginAsync(nameof(DurableFunctions.FiveActivities)));
            each.Add(all.Elapsed - begun);
        }));
        return (all.Elapsed, each);
    }

    /// <summary>
    /// Through the counter, which slows all down: these runs are not timed, and nobody reads an instance meanwhile.
    /// </summary>
    private static async Task CountAsync()
    {
        await using Azurite azurite = await Azurite.StartAsync();
        await using StorageCounter counter = await StorageCounter.StartAsync(azurite.ConnectionString);
        await using DurableHost host = await DurableHost.StartAsync(counter.ConnectionString);
        await CountAsync(host, counter, nameof(DurableFunctions.FiveActivities), "five sequential activities (aim 10)");
        await CountAsync(host, counter, nameof(DurableFunctions.TimerAndEvent),
            "activity, timer, event, activity (aim 8)");
        counter.Take();
        await Task.Delay(Idle);
        IReadOnlyList<StorageCall> idle = counter.Take();
        Report.Title("Idle");
        Report.Line("storage operations a minute (aim 10)", $"{idle.Count / Idle.TotalMinutes,8:F2}");
        Report.Operations(idle, Idle.TotalMinutes);
    }

    private static async Task CountAsync(DurableHost host, StorageCounter counter, string orchestrator, string what)
    {
        await host.EndAsync(await BeginAndWakeAsync(host, orchestrator));
        await Task.Delay(Quiet);
        counter.Take();
        string[] instances =
            await Task.WhenAll(Enumerable.Range(0, Counted).Select(_ => BeginAndWakeAsync(host, orchestrator)));
        await Task.WhenAll(instances.Select(DurableFunctions.LastStepOf));
        await Task.Delay(Quiet);
        IReadOnlyList<StorageCall> calls = counter.Take();
        await Task.WhenAll(instances.Select(host.EndAsync));
        Report.Title($"Storage operations of one orchestration: {what}, mean of {Counted} at once");
        Report.Line("all", $"{(double)calls.Count / Counted,8:F2}");
        Report.Operations(calls, Counted);
    }

    /// <summary>The event comes when it is waited for.</summary>
    private static async Task<string> BeginAndWakeAsync(DurableHost host, string orchestrator)
    {
        string instance = await host.BeginAsync(orchestrator);
        if (orchestrator == nameof(DurableFunctions.TimerAndEvent))
        {
            await Task.Delay(Quiet);
            await host.RaiseAsync(instance);
        }
        return instance;
    }
}
