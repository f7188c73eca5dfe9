using System.Collections.Concurrent;
using System.Globalization;
using CoinPay.Core;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>What many seeds came to.</summary>
internal sealed class Summary
{
    /// <summary>With so many seeds no cell of the table may stay empty.</summary>
    public const int EnoughForEveryCell = 2_000;

    private static readonly string[] Events =
    [
        nameof(InvoiceCreated), nameof(TransferSeen), nameof(TransferMoved), nameof(TransferConfirmed), nameof(TransferLost),
        nameof(PaymentWindowClosed), nameof(PaymentDetected), nameof(ConfirmationStarted), nameof(InvoicePaid), nameof(InvoiceUnderpaid),
        nameof(InvoiceOverpaid), nameof(InvoiceExpired), nameof(InvoicePaidLate), nameof(InvoiceCancelled), nameof(PaymentReverted),
    ];

    private readonly Coverage _coverage = new();
    private readonly List<SeedResult> _failures = [];
    private long _operations;
    private int _invoices;
    private int _seeds;

    /// <summary>In the order of their seeds.</summary>
    public IEnumerable<SeedResult> Failures => _failures.OrderBy(failed => failed.Seed);

    public IReadOnlyList<string> Missing => _coverage.Missing(Events);

    /// <summary>Runs seeds on as many threads.</summary>
    public static Summary Of(ulong first, int count, int threads)
    {
        Summary summary = new();
        ConcurrentQueue<ulong> seeds = new(Enumerable.Range(0, count).Select(i => first + (ulong)i));
        Thread[] workers = [.. Enumerable.Range(0, Math.Min(threads, count)).Select(_ => new Thread(() =>
        {
            while (seeds.TryDequeue(out ulong seed))
                summary.Add(Life.RunHere(seed, null, tellAll: count == 1));
        }))];
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
        return summary;
    }

    public string Text(TimeSpan took) => string.Create(CultureInfo.InvariantCulture,
        $"""
        {_coverage.Table(Events)}
        {_seeds} seeds, {_invoices} invoices, {_operations} storage operations in {took.TotalSeconds:F1} s
        {Environment.CpuUsage.TotalTime.TotalMilliseconds / _seeds:F0} ms of processor time a seed
        {Missing.Count} empty cells: {string.Join(", ", Missing.Take(10))}
        {_failures.Count} seeds failed: {string.Join(' ', Failures.Take(20).Select(failed => failed.Seed))}
        """);

    private void Add(SeedResult result)
    {
        lock (_failures)
        {
            _seeds++;
            _operations += result.Operations;
            _invoices += result.Invoices;
            _coverage.Add(result.Coverage);
            if (result.Failure is not null)
                _failures.Add(result);
        }
    }
}
