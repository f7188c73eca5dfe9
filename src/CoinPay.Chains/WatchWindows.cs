namespace CoinPay.Chains;

/// <summary>
/// The time limits until every poller watches a new address. They depend on each other: an id contains its creation time, and a reader of
/// new watches takes those whose ids are from the last minutes, so nothing must be stored under an older id. Each limit is shorter than the
/// next; the gaps between them allow for clock differences and slow writes.
/// </summary>
public static class WatchWindows
{
    /// <summary>An invoice and its watch are stored within this time after its id was created, or not at all.</summary>
    public static readonly TimeSpan StoredWithin = TimeSpan.FromMinutes(2);

    /// <summary>A retry that finds an id this old takes a new one: nobody can still store under the old one.</summary>
    public static readonly TimeSpan RenewedAfter = TimeSpan.FromMinutes(3);

    /// <summary>A reader of new watches reads those from this period again.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A payment can be seen before its watch is read: for this long a mempool keeps the whole transaction, not only what pays to a watched
    /// address.
    /// </summary>
    public static readonly TimeSpan KeptWhole = TimeSpan.FromMinutes(10);
}
