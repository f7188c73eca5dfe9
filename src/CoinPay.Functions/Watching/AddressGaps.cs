using System.Collections.Concurrent;

namespace CoinPay.Functions.Watching;

/// <summary>
/// The number of addresses of each account key given out after the last one that was paid: a wallet that restores from its seed
/// gives up after twenty unused ones in a row (BIP-44, gap limit). It covers what this process has seen: open watches, and
/// payments in blocks that a reorg can still affect or that were found since. So if a key's last payment is older than both, its
/// gap can appear longer than it is, but never shorter.
/// </summary>
internal sealed class AddressGaps
{
    private readonly ConcurrentDictionary<string, Gap> _gaps = new(StringComparer.Ordinal);

    /// <summary>The longest gap of all keys; null if no address is derived from a key.</summary>
    public long? Longest => _gaps.IsEmpty ? null : _gaps.Values.Max(gap => gap.Last - gap.Paid);

    public void GivenOut(Watch watch)
    {
        if (watch is { Counter: { } counter, Index: { } index })
            _gaps.AddOrUpdate(
                counter,
                _ => new(index, index - 1),
                (_, known) => known.IsPaidKnown || index > known.Paid
                    ? known with { Last = Math.Max(known.Last, index) }
                    : known with { Paid = index - 1 });
    }

    public void Paid(Watch watch)
    {
        if (watch is { Counter: { } counter, Index: { } index })
            _gaps.AddOrUpdate(
                counter,
                _ => new(index, index) { IsPaidKnown = true },
                (_, known) => new(Math.Max(known.Last, index), known.IsPaidKnown ? Math.Max(known.Paid, index) : index) { IsPaidKnown = true });
    }

    /// <param name="Last">The highest index that was given out.</param>
    /// <param name="Paid">The highest index that was paid; while none is known, the index before the lowest one given out.</param>
    private sealed record Gap(long Last, long Paid)
    {
        public bool IsPaidKnown { get; init; }
    }
}
