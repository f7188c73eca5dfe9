using System.Diagnostics.Metrics;

namespace CoinPay.Chains;

/// <summary>
/// Counts answers in which a node contradicted itself and another of its answers helped out, as the metric
/// <c>coinpay.node.faults</c> by network and kind. An operator should repair or replace such a node.
/// </summary>
internal static class NodeFaults
{
    public const string OmittedLogs = "omitted_logs";
    public const string RepeatedLogs = "repeated_logs";

    private static readonly Counter<long> Faults = ChainMeter.Meter.CreateCounter<long>(
        "coinpay.node.faults", "{answer}", "Answers in which a node contradicted itself");

    public static void Count(string network, string kind) =>
        Faults.Add(1, new("network", network), new KeyValuePair<string, object?>("kind", kind));
}
