using System.Diagnostics.Metrics;

namespace CoinPay.Functions.Platform.Telemetry;

/// <summary>The metrics for tables and queues.</summary>
internal static class StorageInstruments
{
    private static readonly Counter<long> Operations = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.storage.operations", "{operation}", "Requests from the app to tables and queues: ok, refused (4xx), throttled, failed");

    private static readonly Counter<long> Poisoned = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.queue.poisoned", "{message}", "Messages found on a poison queue after failing too often");

    /// <param name="status">The HTTP status; null if there was no response.</param>
    public static void Asked(string service, int? status) =>
        Operations.Add(1, new("service", service), new("outcome", OutcomeOf(status)));

    public static void FoundPoisoned(string queue) => Poisoned.Add(1, new KeyValuePair<string, object?>("queue", queue));

    private static string OutcomeOf(int? status) => status switch
    {
        >= 200 and < 400 => "ok",
        429 or 503 => "throttled",
        >= 400 and < 500 => "refused",
        _ => "failed",
    };
}
