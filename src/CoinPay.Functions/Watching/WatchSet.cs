using System.Collections.Concurrent;
using CoinPay.Chains;

namespace CoinPay.Functions.Watching;

/// <summary>
/// The watched recipients of an address space, in memory, shared by the pollers of its networks. Watches are only ever
/// added, and their keys sort by time, so reading a short range keeps the set complete: it overlaps by the last minutes,
/// for clock differences and slow writes. A watch whose time is over counts until its row is deleted: the invoice is not
/// finished, because a payment is not deep enough yet or the customer can still pay the rest.
/// </summary>
/// <param name="network">Any network in the address space.</param>
internal sealed class WatchSet(string network)
{
    private readonly ConcurrentDictionary<string, Watch[]> _byRecipient = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Watch> _byInvoice = new(StringComparer.Ordinal);
    private readonly SweepSchedule _sweeps = new();
    private DateTimeOffset? _loadedAt;
    private long _asked;
    private long _answered;

    private SemaphoreSlim Loading { get; } = new(1);

    /// <summary>The number of addresses that each wallet has given out since its last payment.</summary>
    public AddressGaps Gaps { get; } = new();

    public bool Contains(string recipient) => _byRecipient.ContainsKey(recipient);

    public IReadOnlyList<Watch> Of(string recipient) => _byRecipient.GetValueOrDefault(recipient) ?? [];

    public Watch? Find(string invoiceId) => _byInvoice.GetValueOrDefault(invoiceId);

    /// <summary>Returns the watches whose balance check, on every network of the space, is due between two instants.</summary>
    public IReadOnlyList<Watch> SweepDue(DateTimeOffset after, DateTimeOffset upTo)
    {
        lock (_sweeps)
            return [.. _sweeps.Due(after, upTo)];
    }

    /// <summary>Returns the watches, on any network of the space, whose price expires between two instants.</summary>
    public IReadOnlyList<Watch> Expired(DateTimeOffset after, DateTimeOffset upTo)
    {
        lock (_sweeps)
            return [.. _sweeps.Expired(after, upTo)];
    }

    /// <summary>
    /// Adds the watches inserted since the last call; the first call adds all. A poller must see every watch that existed when
    /// it called, so it can share only a read that begins later: all callers during a read share the next one.
    /// </summary>
    public async Task LoadNewAsync(WatchStore watches, DateTimeOffset now, CancellationToken cancellation)
    {
        long asked = Interlocked.Increment(ref _asked);
        // Not cancelled: the current reader has its own time limit, and this wait ends when that reader continues.
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
