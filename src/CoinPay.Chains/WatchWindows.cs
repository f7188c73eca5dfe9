namespace CoinPay.Chains;

/// <summary>
/// The times that a new address takes until every poller looks out for it. They depend on each other: an id tells when it was made,
/// and whoever reads the new watches takes those whose ids are of the last minutes, so nothing may be stored under an older id. Each
/// of these is shorter than the next; what lies between two of them allows for clocks that differ and for writes that take long.
/// </summary>
public static class WatchWindows
{
    /// <summary>An invoice and its watch are stored within this time of the making of its id, or not at all.</summary>
    public static readonly TimeSpan StoredWithin = TimeSpan.FromMinutes(2);

    /// <summary>A retry that finds an id as old as this takes a new one: nobody can still store under the old one.</summary>
    public static readonly TimeSpan RenewedAfter = TimeSpan.FromMinutes(3);

    /// <summary>Who reads the new watches reads those of this time again.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A payment may be seen before its watch is read: for this long a mempool keeps all of a transaction, and not only what pays
    /// to a watched address.
    /// </summary>
    public static readonly TimeSpan KeptWhole = TimeSpan.FromMinutes(10);
}
