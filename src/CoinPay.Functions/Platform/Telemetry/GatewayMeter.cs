using System.Diagnostics.Metrics;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>
/// The gateway's meter; each slice has its own instruments. They cost next to nothing while nobody listens. The process that
/// stores a change counts it afterwards: if the process dies in between, the change is not counted, and none is counted twice.
/// </summary>
internal static class GatewayMeter
{
    /// <summary>The name of the gateway's meters and of its activity source.</summary>
    public const string Name = InvoiceTrace.SourceName;

    public static Meter Meter { get; } = new(Name);
}
