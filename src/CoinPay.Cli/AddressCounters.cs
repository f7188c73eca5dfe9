using Azure.Data.Tables;
using CoinPay.Functions.Wallets;

namespace CoinPay.Cli;

/// <summary>
/// Prepares rows of <c>Merchants</c> for a restore: advances every account key's counter past the addresses that may have been
/// given out since the backup, even if the key had none by then. An address given out twice would mix up two orders' money.
/// </summary>
internal sealed class AddressCounters(int skip)
{
    private readonly HashSet<(string Merchant, string Row)> _known = [];

    /// <summary>Returns the rows to write for a row. A merchant's rows must arrive in the order of their keys.</summary>
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
