using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;

namespace CoinPay.Cli;

/// <summary>
/// Proposes how many addresses of each account key to skip after a restore: as many as the busiest key may have given out
/// between the backup and now, from the rate of its orders before the backup.
/// </summary>
internal sealed class SkipProposal(DateTimeOffset begunAt)
{
    /// <summary>Addresses that a process had leased, and a quiet shop's chance orders.</summary>
    private const int AtLeast = 19;

    /// <summary>Orders can come in twice as fast as on the busiest day so far.</summary>
    private const int Margin = 2;

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(30);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private readonly Dictionary<(string Counter, int Day), int> _orders = [];
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether any address is derived from a key, so that the number matters.</summary>
    public bool HasKeys { get; private set; }

    /// <summary>The most addresses that one key gave out in 24 hours, of the last 30 days before the backup.</summary>
    public int BusiestDay => _orders.Count == 0 ? 0 : _orders.Values.Max();

    /// <summary>Takes a row of the backup into account; of the two copies of a watch, one.</summary>
    public void Count(TableEntity row)
    {
        HasKeys |= AddressIndexes.IsCounter(row) || HistoryScan.IsScan(row);
        if (!WatchStore.IsWatch(row) || row.GetString("Counter") is not { } counter || !_seen.Add(row.RowKey))
            return;
        TimeSpan before = begunAt - Id.TimeOf(row.RowKey[WatchStore.Prefix.Length..]);
        if (before >= LookBack)
            return;
        (string, int) day = (counter, (int)(Math.Max(0, before.Ticks) / Day.Ticks));
        _orders[day] = _orders.GetValueOrDefault(day) + 1;
    }

    /// <summary>Returns the proposal for an old gateway that may have run until an instant.</summary>
    public long Until(DateTimeOffset end)
    {
        double days = Math.Max(0, (end - begunAt) / Day);
        return AtLeast + (long)Math.Ceiling(Margin * BusiestDay * days);
    }
}
