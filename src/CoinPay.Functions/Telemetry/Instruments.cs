using System.Diagnostics.Metrics;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Webhooks;

namespace CoinPay.Functions.Telemetry;

/// <summary>
/// What the gateway counts and measures; what it observes is in <see cref="Gauges"/>. All of it costs next to nothing while nobody
/// listens. Each is counted after what it tells of is stored, by the process that stored it: a process that dies in between
/// leaves one out, and none is counted twice.
/// </summary>
internal static class Instruments
{
    private static readonly Meter Meter = new(InvoiceTrace.SourceName);

    private static readonly Counter<long> Transitions = Meter.CreateCounter<long>(
        "coinpay.invoice.transitions", "{transition}", "Invoices that came to a status, a new one's first among them");

    private static readonly Histogram<double> TimeToPaid = Meter.CreateHistogram(
        "coinpay.invoice.time_to_paid", "s", "From an invoice's creation until it is paid, deep enough by its policy",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400] });

    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>(
        "coinpay.webhook.attempts", "{attempt}", "POSTs of webhooks: delivered (2xx), refused (any other status), unanswered");

    private static readonly Counter<long> Dead = Meter.CreateCounter<long>(
        "coinpay.webhook.dead", "{delivery}", "Deliveries that were given up");

    private static readonly Histogram<double> Latency = Meter.CreateHistogram(
        "coinpay.webhook.latency", "s", "From an event until its endpoint first answered 2xx",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 7200, 86_400] });

    private static readonly Counter<long> Poisoned = Meter.CreateCounter<long>(
        "coinpay.queue.poisoned", "{message}", "Messages that failed too often here and were found on a poison queue");

    private static readonly Counter<long> FailedOrchestrations = Meter.CreateCounter<long>(
        "coinpay.orchestration.failed", "{orchestration}", "Orchestrations that were found failed and are followed by another");

    private static readonly Counter<long> StorageOperations = Meter.CreateCounter<long>(
        "coinpay.storage.operations", "{operation}", "Requests of the app to tables and queues: ok, refused (4xx), throttled, failed");

    /// <summary>These events were stored on top of a state; of null: an invoice was made.</summary>
    public static void Committed(Invoice? before, IEnumerable<CommittedEvent> committed)
    {
        foreach (CommittedEvent happened in committed)
        {
            Transitioned(before, happened.After, happened.Event.At);
            before = happened.After;
        }
    }

    private static void Transitioned(Invoice? before, Invoice after, DateTimeOffset at)
    {
        if (before?.Status == after.Status)
            return;
        KeyValuePair<string, object?> network = new("network", after.Terms.Network);
        Transitions.Add(1, new("status", after.Status.Text()), network);
        if (IsPaid(after) && (before is null || !IsPaid(before)))
            TimeToPaid.Record((at - after.Terms.CreatedAt).TotalSeconds, network);
    }

    /// <summary>A delivery was tried once more, and that is stored.</summary>
    public static void Attempted(GatewayEvent happened, Delivery before, Delivery after)
    {
        DeliveryAttempt attempt = after.Attempts[^1];
        Attempts.Add(1, new KeyValuePair<string, object?>("outcome", OutcomeOf(attempt)));
        if (attempt.Succeeded && before.DeliveredAt is null)
            Latency.Record((attempt.At - happened.At).TotalSeconds + (attempt.LatencyMs / 1000.0));
        if (after.Status == DeliveryStatus.Dead)
            Dead.Add(1);
    }

    public static void FoundPoisoned(string queue) => Poisoned.Add(1, new KeyValuePair<string, object?>("queue", queue));

    public static void FoundFailed() => FailedOrchestrations.Add(1);

    /// <param name="status">The HTTP status; null when there was no answer.</param>
    public static void Stored(string service, int? status) =>
        StorageOperations.Add(1, new("service", service), new("outcome", OutcomeOf(status)));

    public static string OutcomeOf(DeliveryAttempt attempt) =>
        attempt.Succeeded ? "delivered" : attempt.Status is null ? "unanswered" : "refused";

    private static string OutcomeOf(int? status) => status switch
    {
        >= 200 and < 400 => "ok",
        429 or 503 => "throttled",
        >= 400 and < 500 => "refused",
        _ => "failed",
    };

    private static bool IsPaid(Invoice invoice) => invoice.Status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
}
