using System.Diagnostics.Metrics;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>
/// The meter of what the gateway counts; each slice has the instruments of its own. All of them cost next to nothing while nobody
/// listens. Each is counted after what it tells of is stored, by the process that stored it: a process that dies in between
/// leaves one out, and none is counted twice.
/// </summary>
internal static class GatewayMeter
{
    /// <summary>The name of every meter of the gateway, and of its activity source.</summary>
    public const string Name = InvoiceTrace.SourceName;

    public static Meter Meter { get; } = new(Name);
}
