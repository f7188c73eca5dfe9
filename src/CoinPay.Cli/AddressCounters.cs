using Azure.Data.Tables;
using CoinPay.Functions.Wallets;

namespace CoinPay.Cli;

/// <summary>
/// Prepares rows for a restore: advances every account key's counter past the addresses that may have been given out since the
/// backup, even if the search for the key's used addresses had not ended by then. An address given out twice would mix up two orders' money.
/// </summary>
internal static class AddressCounters
{
    public static TableEntity SkippedAhead(TableEntity row, int skip) =>
        AddressIndexes.IsCounter(row) ? AddressIndexes.SkippedAhead(row, skip)
        : HistoryScan.IsScan(row) ? HistoryScan.SkippedAhead(row, skip)
        : row;
}
