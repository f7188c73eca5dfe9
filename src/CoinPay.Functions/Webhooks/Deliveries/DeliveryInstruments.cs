using System.Diagnostics.Metrics;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Telemetry;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Metrics of deliveries.</summary>
internal static class DeliveryInstruments
{
    private static readonly Counter<long> Attempts = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.webhook.attempts", "{attempt}", "POSTs of webhooks: delivered (2xx), refused (any other status), unanswered");

    private static readonly Counter<long> Dead = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.webhook.dead", "{delivery}", "Deliveries that were given up");

    private static readonly Histogram<double> Latency = GatewayMeter.Meter.CreateHistogram(
        "coinpay.webhook.latency", "s", "From an event until its endpoint first returned 2xx",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 86_400] });

    /// <summary>Counts an attempt that has been stored.</summary>
    public static void Attempted(GatewayEvent happened, Delivery before, Delivery after)
    {
        DeliveryAttempt attempt = after.Attempts[^1];
        Attempts.Add(1, new KeyValuePair<string, object?>("outcome", OutcomeOf(attempt)));
        if (attempt.Succeeded && before.DeliveredAt is null)
            Latency.Record((attempt.At - happened.At).TotalSeconds + (attempt.LatencyMs / 1000.0));
        if (after.Status == DeliveryStatus.Dead)
            Dead.Add(1);
    }

    public static string OutcomeOf(DeliveryAttempt attempt) =>
        attempt.Succeeded ? "delivered" : attempt.Status is null ? "unanswered" : "refused";
}
