using System.Diagnostics.Metrics;
using CoinPay.Core;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Telemetry;

namespace CoinPay.Functions.Invoices;

/// <summary>Metrics of invoices and their orchestrations.</summary>
internal static class InvoiceInstruments
{
    private static readonly Counter<long> Transitions = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.invoice.transitions", "{transition}", "Invoices that entered a status, including the first status of a new invoice");

    private static readonly Histogram<double> TimeToPaid = GatewayMeter.Meter.CreateHistogram(
        "coinpay.invoice.time_to_paid", "s", "From an invoice's creation until it is paid with the confirmations its policy requires",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400] });

    private static readonly Counter<long> FailedOrchestrations = GatewayMeter.Meter.CreateCounter<long>(
        "coinpay.orchestration.failed", "{orchestration}", "Orchestrations that were found failed and replaced by another");

    /// <summary>Counts events that were stored on top of a state; null means that the invoice was created.</summary>
    public static void Committed(Invoice? before, IEnumerable<Committed<Invoice, InvoiceEvent>> committed)
    {
        foreach (Committed<Invoice, InvoiceEvent> happened in committed)
        {
            Transitioned(before, happened.After, happened.Event.At);
            before = happened.After;
        }
    }

    public static void FoundFailed() => FailedOrchestrations.Add(1);

    private static void Transitioned(Invoice? before, Invoice after, DateTimeOffset at)
    {
        if (before?.Status == after.Status)
            return;
        KeyValuePair<string, object?> network = new("network", after.Terms.Network);
        Transitions.Add(1, new("status", after.Status.Text()), network);
        if (IsPaid(after) && (before is null || !IsPaid(before)))
            TimeToPaid.Record((at - after.Terms.CreatedAt).TotalSeconds, network);
    }

    private static bool IsPaid(Invoice invoice) => invoice.Status is InvoiceStatus.Paid or InvoiceStatus.Overpaid;
}
