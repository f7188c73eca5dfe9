using System.Diagnostics.Metrics;

namespace CoinPay.Chains;

/// <summary>The meter of everything that is counted here; it has the gateway's name, so that it is exported with the gateway's.</summary>
internal static class ChainMeter
{
    public const string Name = "CoinPay";

    public static Meter Meter { get; } = new(Name);
}
