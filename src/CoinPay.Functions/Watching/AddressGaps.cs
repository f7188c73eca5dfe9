using System.Collections.Concurrent;

namespace CoinPay.Functions.Watching;

/// <summary>
/// How many addresses of each account key were given out after the last one that was paid: a wallet that restores from its seed
/// gives up after twenty unused ones in a row (BIP-44, gap limit). It knows what this process has seen: open watches, and
/// payments in blocks that a reorg can still touch or found since. So a key whose last payment is older than both may show a
/// longer gap than it has, never a shorter one.
/// </summary>
internal sealed class AddressGaps
{
    private readonly ConcurrentDictionary<string, Gap> _gaps = new(StringComparer.Ordinal);

    /// <summary>The longest gap of all keys; null where no address is derived from a key.</summary>
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
    /// <param name="Paid">The highest that was paid; while none is known, the one before the lowest given out.</param>
    private sealed record Gap(long Last, long Paid)
    {
        public bool IsPaidKnown { get; init; }
    }
}
