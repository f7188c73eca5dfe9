using System.Diagnostics;
using Xunit;

namespace CoinPay.Simulation;

/// <summary>What <c>scripts/simulate.sh</c> runs: COINPAY_SEEDS worlds from COINPAY_SEED on, two at a time.</summary>
public sealed class SimulationRun
{
    private const int MaxReports = 12;

    /// <summary>The number of seeds between two progress lines.</summary>
    private const int Progress = 1_000;

    [Fact(Explicit = true)]
    public void Seeds()
    {
        // Every process of every seed has services of its own, which live too briefly to be worth compiling.
        AppContext.SetSwitch("Microsoft.Extensions.DependencyInjection.DisableDynamicEngine", isEnabled: true);
        ulong first = ulong.Parse(Environment.GetEnvironmentVariable("COINPAY_SEED") ?? "1");
        int count = int.Parse(Environment.GetEnvironmentVariable("COINPAY_SEEDS") ?? "100");
        // Not Console: what a test writes there is shown only if it fails.
        using StreamWriter output = new(Console.OpenStandardOutput()) { AutoFlush = true };
        Stopwatch watch = Stopwatch.StartNew();
        Summary summary = Summary.Of(first, count, Environment.ProcessorCount, done =>
        {
            if (done % Progress == 0)
                output.WriteLine($"{done} of {count} seeds after {watch.Elapsed.TotalSeconds:F0} s");
        });
        foreach (SeedResult failed in summary.Failures.Take(MaxReports))
            output.WriteLine(failed.Report());
        output.WriteLine(summary.Text(watch.Elapsed));
        Assert.Empty(summary.Failures);
        if (count >= Summary.EnoughForAnything)
            Assert.Empty(summary.Missing);
    }
}
