using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Storage;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Wallets;

/// <summary>
/// Finds out from which index on a wallet's addresses are unused, before the first invoice gets one: an address that was given out
/// elsewhere would let a stranger's payment pay an invoice. A wallet is ready once its counter exists. Everything can be
/// repeated: each part that was searched is stored, the counter is created only if it does not exist, and the row of the search is removed last.
/// </summary>
internal sealed class WalletHistories(
    Tables tables, ChainDirectory chains, AddressIndexes indexes, TimeProvider clock, ILogger<WalletHistories> log)
{
    /// <summary>Addresses searched at once. When one in the upper half was paid, the same blocks are searched again for the next.</summary>
    private const int Window = 1_000;

    /// <summary>
    /// Addresses after the last paid one that are left out, because they may have been given out: as many as a wallet that restores
    /// from its seed passes over (BIP-44, gap limit).
    /// </summary>
    private const int Gap = 19;

    /// <summary>A short chain is searched while its operator waits.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Begins with a wallet that is about to be set: at the stated index, or by a search, which goes on in the background if it is long.
    /// Returns null for wallets without indexes. Throws a problem if the index has to be stated.
    /// </summary>
    public async Task<WalletHistory?> BeginAsync(
        string merchantId, Network network, Wallet wallet, int? startIndex, CancellationToken cancellation)
    {
        if (wallet.Canonical is not { } key)
            return null;
        string counter = AddressIndexes.CounterOf(key, network.Name);
        if (startIndex is { } stated)
        {
            await indexes.StartAsync(merchantId, counter, new(stated, WalletHistory.Stated), cancellation);
            await RemoveAsync(counter, cancellation);
        }
        else if (await indexes.FindStartAsync(merchantId, counter, cancellation) is null)
        {
            HistoryScan scan = new() { MerchantId = merchantId, Network = network.Name, Fields = wallet.Fields, Counter = counter };
            await tables.Chains.TryAddAsync(scan.ToRow(), cancellation);
            if (await TryAtOnceAsync(counter, cancellation) is { Obstacle: not null } blocked)
            {
                await RemoveAsync(counter, cancellation);
                throw new ProblemException(Problems.StartIndexRequired(network.Name, blocked.Obstacle));
            }
        }
        return await FindAsync(merchantId, network, wallet, cancellation);
    }

    /// <summary>Returns what is known of a wallet's history; null for wallets without indexes.</summary>
    public async Task<WalletHistory?> FindAsync(string merchantId, Network network, Wallet wallet, CancellationToken cancellation)
    {
        if (wallet.Canonical is not { } key)
            return null;
        string counter = AddressIndexes.CounterOf(key, network.Name);
        if (await indexes.FindStartAsync(merchantId, counter, cancellation) is { } start)
            return WalletHistory.Of(start);
        return await tables.Chains.FindAsync(HistoryScan.Partition, counter, cancellation) is { } row
            ? WalletHistory.Of(HistoryScan.Read(row))
            : new(WalletHistory.Scanning, null, "The search for addresses that were used before was lost: set the wallet again.");
    }

    /// <summary>Continues every search, each for as long as its node finds parts, until the time is up.</summary>
    public async Task ContinueAsync(TimeSpan budget, CancellationToken cancellation)
    {
        long began = clock.GetTimestamp();
        List<string> open = [];
        await foreach (TableEntity row in tables.Chains.RowsAsync(
            TableClient.CreateQueryFilter($"PartitionKey eq {HistoryScan.Partition}"), cancellation))
            open.Add(row.RowKey);
        while (open.Count > 0 && clock.GetElapsedTime(began) < budget)
            foreach (string counter in open.ToList())
                if (!await TryStepAloneAsync(counter, cancellation))
                    open.Remove(counter);
    }

    /// <summary>One search that cannot go on does not stop the others.</summary>
    private async Task<bool> TryStepAloneAsync(string counter, CancellationToken cancellation)
    {
        try
        {
            return await TryStepAsync(counter, cancellation);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            log.LogError(broken, "The search for a wallet's used addresses failed; it is tried again");
            return false;
        }
    }

    private async Task<HistoryScan?> TryAtOnceAsync(string counter, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(AtOnce, clock);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            bool goesOn = true;
            while (goesOn)
                goesOn = await TryStepAsync(counter, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It goes on in the background.
        }
        TableEntity? row = await tables.Chains.FindAsync(HistoryScan.Partition, counter, cancellation);
        return row is null ? null : HistoryScan.Read(row);
    }

    /// <summary>Searches one part and stores the result. Returns false if there is nothing more to do now.</summary>
    private async Task<bool> TryStepAsync(string counter, CancellationToken cancellation)
    {
        if (await tables.Chains.FindAsync(HistoryScan.Partition, counter, cancellation) is not { } row)
            return false;
        HistoryScan scan = HistoryScan.Read(row);
        if (await indexes.FindStartAsync(scan.MerchantId, counter, cancellation) is not null)
        {
            await tables.Chains.TryDeleteAsync(row, cancellation);
            return false;
        }
        try
        {
            return await StepAsync(scan, row, cancellation);
        }
        catch (ChainUnknownException unknown)
        {
            log.LogInformation("The search for a wallet's used addresses has to wait: {Reason}", unknown.Message);
            return false;
        }
    }

    private async Task<bool> StepAsync(HistoryScan scan, TableEntity row, CancellationToken cancellation)
    {
        if (chains.Find(scan.Network) is not { } chain)
            return false;
        Network network = chain.Network;
        IReadOnlyList<string> addresses = network.Family.WalletKind.AddressesFrom(network, scan.Fields, scan.Used + 1, Window);
        HistoryPart part = chain is IHistorySource source
            ? await source.ReadHistoryAsync(addresses, scan.Next, cancellation)
            : new([], Next: null, IsWhole: false);
        long farthest = part.Paid.Count == 0 ? -1 : part.Paid.Max();
        HistoryScan after = scan with { Used = farthest < 0 ? scan.Used : scan.Used + 1 + farthest };
        if (!part.IsWhole && network.Livemode)
            after = after with { Obstacle = $"The node of {network.Name} cannot show which addresses were used before: it has no block filter index." };
        else if (farthest >= Window / 2)
            after = after with { Obstacle = null };
        else if (part.Next is { } next)
            after = after with { Next = next, Obstacle = null };
        else
        {
            await FinishAsync(after, part.IsWhole, row, cancellation);
            return false;
        }
        bool isStored = await tables.Chains.TryReplaceAsync(after.ToRow(), row.ETag, cancellation);
        return isStored && after.Obstacle is null;
    }

    private async Task FinishAsync(HistoryScan scan, bool isWhole, TableEntity row, CancellationToken cancellation)
    {
        long first = (scan.Used < 0 ? 0 : scan.Used + 1 + Gap) + scan.Skip;
        await indexes.StartAsync(scan.MerchantId, scan.Counter, new(first, isWhole ? WalletHistory.Scanned : WalletHistory.Unread), cancellation);
        await tables.Chains.TryDeleteAsync(row, cancellation);
        log.LogInformation("{MerchantId}: a wallet on {Network} begins at index {Index}", scan.MerchantId, scan.Network, first);
    }

    private async Task RemoveAsync(string counter, CancellationToken cancellation)
    {
        if (await tables.Chains.FindAsync(HistoryScan.Partition, counter, cancellation) is { } row)
            await tables.Chains.TryDeleteAsync(row, cancellation);
    }
}
