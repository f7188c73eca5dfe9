using Xunit;

namespace CoinPay.Simulation.Golden;

/// <summary>What <c>scripts/record-histories.sh</c> runs: records every life into the folder of COINPAY_ORCHESTRATION_VERSION.</summary>
public sealed class RecordHistories
{
    [Fact(Explicit = true)]
    public void Record()
    {
        string version = Environment.GetEnvironmentVariable("COINPAY_ORCHESTRATION_VERSION")!;
        foreach ((string name, Action<GoldenLife> live) in GoldenLives.All)
            GoldenLives.Record(live).Write($"{version}/{name}");
    }
}
