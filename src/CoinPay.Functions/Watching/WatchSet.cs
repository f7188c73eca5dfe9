using System.Collections.Concurrent;
using CoinPay.Chains;

namespace CoinPay.Functions.Watching;

/// <summary>
/// The watched recipients of an address space, in memory, shared by the pollers of its networks. Watches are only ever
/// added, and their keys sort by time, so a short range is enough to stay complete: the last minutes again, for clocks
/// that differ and writes that took long. A watch whose time is over counts for as long as its row stands: the invoice is
/// not finished, as a payment is not deep enough yet or its customer may still pay the rest.
/// </summary>
/// <param name="network">Any network of the space.</param>
internal sealed class WatchSet(string network)
{
    private readonly ConcurrentDictionary<string, Watch[]> _byRecipient = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Watch> _byInvoice = new(StringComparer.Ordinal);
    private readonly SweepSchedule _sweeps = new();
    private DateTimeOffset? _loadedAt;
    private long _asked;
    private long _answered;

    private SemaphoreSlim Loading { get; } = new(1);

    /// <summary>How many addresses each wallet has given out since its last payment.</summary>
    public AddressGaps Gaps { get; } = new();

    public bool Contains(string recipient) => _byRecipient.ContainsKey(recipient);

    public IReadOnlyList<Watch> Of(string recipient) => _byRecipient.GetValueOrDefault(recipient) ?? [];

    public Watch? Find(string invoiceId) => _byInvoice.GetValueOrDefault(invoiceId);

    /// <summary>Watches whose balance is to be looked at, on every network of the space, for the time after an instant, up to another.</summary>
    public IReadOnlyList<Watch> SweepDue(DateTimeOffset after, DateTimeOffset upTo)
    {
        lock (_sweeps)
            return [.. _sweeps.Due(after, upTo)];
    }

    /// <summary>
    /// Adds what was inserted since the last time, all there is at first. A poller must see every watch that stood when
    /// it asked, so it can share only a reading that begins later: whoever asks while one runs gets the next one together.
    /// </summary>
    public async Task LoadNewAsync(WatchStore watches, DateTimeOffset now, CancellationToken cancellation)
    {
        long asked = Interlocked.Increment(ref _asked);
        // Not cancelled while it waits: whoever reads has a limit of its own, and this wait ends where its caller goes on.
        await Loading.WaitAsync(CancellationToken.None);
        try
        {
            if (_answered >= asked)
                return;
            long answers = Interlocked.Read(ref _asked);
            foreach (Watch watch in await watches.ReadSinceAsync(network, _loadedAt - WatchWindows.ReadAgain, cancellation))
                if (_byInvoice.TryAdd(watch.InvoiceId, watch))
                    Add(watch);
            _loadedAt = now;
            _answered = answers;
        }
        finally
        {
            Loading.Release();
        }
    }

    private void Add(Watch watch)
    {
        Gaps.GivenOut(watch);
        _byRecipient.AddOrUpdate(watch.Recipient, [watch], (_, sharing) => [.. sharing, watch]);
        lock (_sweeps)
            _sweeps.Add(watch);
    }
}
