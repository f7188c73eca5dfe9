using System.Collections.Concurrent;
using System.Globalization;
using CoinPay.Core;
using CoinPay.Simulation.Checks;

namespace CoinPay.Simulation;

/// <summary>The result of many seeds.</summary>
internal sealed class Summary
{
    /// <summary>Below this number of seeds nothing is required.</summary>
    public const int EnoughForAnything = 120;

    /// <summary>From this number of seeds on, no cell of the table may be empty.</summary>
    private const int EnoughForEveryCell = 1_000;

    /// <summary>From this number of seeds on, every event, situation and fault must have occurred.</summary>
    private const int EnoughForEveryRow = 500;

    private static readonly string[] Events =
    [
        nameof(InvoiceCreated), nameof(TransferSeen), nameof(TransferMoved), nameof(TransferConfirmed), nameof(TransferLost),
        nameof(PaymentWindowClosed), nameof(PaymentDetected), nameof(ConfirmationStarted), nameof(InvoicePaid), nameof(InvoiceUnderpaid),
        nameof(InvoiceOverpaid), nameof(InvoiceExpired), nameof(InvoicePaidLate), nameof(InvoiceCancelled), nameof(PaymentReverted),
        nameof(InvoiceFulfilled), nameof(ExceptionOpened), nameof(ExceptionResolved),
    ];

    /// <summary>What a handful of seeds must have covered: the usual outcomes of payments.</summary>
    private static readonly string[] Usual =
    [
        .. Events, Situations.FreshRun,
    ];

    private readonly Coverage _coverage = new();
    private readonly List<SeedResult> _failures = [];
    private long _operations;
    private int _invoices;
    private int _seeds;

    /// <summary>Ordered by seed.</summary>
    public IEnumerable<SeedResult> Failures => _failures.OrderBy(failed => failed.Seed);

    /// <summary>What this number of seeds should have covered but has not.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. _coverage.Unseen(_seeds >= EnoughForEveryRow ? [.. Events, .. Situations.All] : Usual),
        .. _seeds >= EnoughForEveryCell ? _coverage.EmptyCells(Events) : [],
    ];

    /// <summary>Runs seeds on several threads; <paramref name="told"/> receives the number completed.</summary>
    public static Summary Of(ulong first, int count, int threads, Action<int>? told = null)
    {
        Summary summary = new();
        ConcurrentQueue<ulong> seeds = new(Enumerable.Range(0, count).Select(i => first + (ulong)i));
        Thread[] workers = [.. Enumerable.Range(0, Math.Min(threads, count)).Select(_ => new Thread(() =>
        {
            while (seeds.TryDequeue(out ulong seed))
            {
                int done = summary.Add(Life.RunHere(seed, null, tellAll: count == 1));
                told?.Invoke(done);
            }
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
        {_coverage.Counts(Situations.All)}
        {_seeds} seeds, {_invoices} invoices, {_operations} storage operations in {took.TotalSeconds:F1} s
        {Environment.CpuUsage.TotalTime.TotalMilliseconds / _seeds:F0} ms of processor time a seed
        {Missing.Count} never met: {string.Join(", ", Missing.Take(10))}
        {_failures.Count} seeds failed: {string.Join(' ', Failures.Take(20).Select(failed => failed.Seed))}
        """);

    private int Add(SeedResult result)
    {
        lock (_failures)
        {
            _seeds++;
            _operations += result.Operations;
            _invoices += result.Invoices;
            _coverage.Add(result.Coverage);
            if (result.Failure is not null)
                _failures.Add(result);
            return _seeds;
        }
    }
}
