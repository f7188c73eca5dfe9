using Azure.Data.Tables;
using CoinPay.Functions.Wallets;

namespace CoinPay.Cli;

/// <summary>
/// Rows of <c>Merchants</c> as a restore writes them: every account key's counter goes ahead of what may have been given out since
/// the backup, also where no address of the key had been given out by then. An address given twice would mix up two orders' money.
/// </summary>
internal sealed class AddressCounters(int skip)
{
    private readonly HashSet<(string Merchant, string Row)> _known = [];

    /// <summary>The row, and what is to be written with it. A merchant's rows come in the order of their keys.</summary>
    public IEnumerable<TableEntity> Changed(TableEntity row)
    {
        if (AddressIndexes.IsCounter(row))
        {
            _known.Add((row.PartitionKey, row.RowKey));
            yield return AddressIndexes.SkippedAhead(row, skip);
            yield break;
        }
        yield return row;
        if (WalletRows.NetworkOf(row) is not { } network)
            yield break;
        WalletChange wallets = WalletRows.Read(row);
        foreach (string key in new[] { wallets.Current?.Canonical, wallets.Next?.Canonical }.OfType<string>())
        {
            TableEntity counter = AddressIndexes.New(row.PartitionKey, AddressIndexes.CounterOf(key, network), skip);
            if (_known.Add((counter.PartitionKey, counter.RowKey)))
                yield return counter;
        }
    }
}
