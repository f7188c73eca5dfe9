using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Wallets;

/// <summary>
/// The search for the addresses of a wallet that were already in use: one row in <c>Chains</c> from the time that the wallet is
/// set until its counter exists.
/// </summary>
internal sealed record HistoryScan
{
    public static string Partition { get; } = Key.Of("history", "open");

    public required string MerchantId { get; init; }

    /// <summary>The network's short name.</summary>
    public required string Network { get; init; }

    /// <summary>The wallet's fields.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>The name of the counter that waits for the result.</summary>
    public required string Counter { get; init; }

    /// <summary>The next block to search.</summary>
    public long Next { get; init; }

    /// <summary>The highest index that was paid; −1 if none was.</summary>
    public long Used { get; init; } = -1;

    /// <summary>Indexes that a restored backup adds to the result: they may have been given out since the backup.</summary>
    public long Skip { get; init; }

    /// <summary>Why the search cannot end, in a sentence; null while it can.</summary>
    public string? Obstacle { get; init; }

    public TableEntity ToRow() => new(Partition, Counter) { ["Json"] = StoredJson.Write(this) };

    public static HistoryScan Read(TableEntity row) => StoredJson.Read<HistoryScan>(row.GetString("Json"));

    /// <summary>Whether a row of <c>Chains</c> is such a search.</summary>
    public static bool IsScan(TableEntity row) => row.PartitionKey == Partition;

    /// <summary>A search from an older copy, which must also skip the indexes that may have been given out since.</summary>
    public static TableEntity SkippedAhead(TableEntity row, int count)
    {
        HistoryScan copied = Read(row);
        return (copied with { Skip = copied.Skip + count }).ToRow();
    }
}

/// <summary>What is known about the addresses that a wallet used before.</summary>
/// <param name="State"><c>scanning</c>, <c>scanned</c>, <c>stated</c> or <c>unread</c>.</param>
/// <param name="StartIndex">The first index for invoices; null while the search goes on.</param>
/// <param name="Note">What to know or to do, in a sentence; null if there is nothing.</param>
internal sealed record WalletHistory(string State, long? StartIndex, string? Note)
{
    public const string Scanning = "scanning";
    public const string Scanned = "scanned";
    public const string Stated = "stated";
    public const string Unread = "unread";

    /// <summary>Whether the wallet can give out addresses.</summary>
    public bool IsReady => State != Scanning;

    public static WalletHistory Of(CounterStart start) => new(
        start.By,
        start.Index,
        start.By == Unread
            ? "The node cannot show which addresses were used before (it has no block filter index), only money that is still on them. "
                + "If this key was ever used elsewhere, set start_index to the first index that was never given out."
            : null);

    public static WalletHistory Of(HistoryScan scan) => new(
        Scanning,
        null,
        scan.Obstacle ?? $"The node is searching for addresses that were used before, from block {scan.Next}. Invoices can be created once it is "
            + "done, or once start_index is set.");
}
