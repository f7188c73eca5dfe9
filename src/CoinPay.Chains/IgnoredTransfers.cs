using System.Diagnostics.Metrics;

namespace CoinPay.Chains;

/// <summary>
/// Counts ignored transfers to watched addresses, as the metric <c>coinpay.transfers.ignored</c> by network and reason.
/// It is a figure for operators, not evidence: what costs an attacker nothing must not cost storage.
/// </summary>
internal static class IgnoredTransfers
{
    public const string ZeroValue = "zero_value";
    public const string NotInBalance = "not_in_balance";

    private static readonly Counter<long> Ignored = ChainMeter.Meter.CreateCounter<long>(
        "coinpay.transfers.ignored", "{transfer}", "Transfers to watched addresses that were ignored");

    public static void Count(string network, string reason) =>
        Ignored.Add(1, new("network", network), new KeyValuePair<string, object?>("reason", reason));
}
