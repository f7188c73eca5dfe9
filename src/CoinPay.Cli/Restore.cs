using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Cli;

/// <summary>
/// Restores a backup into an account. Orchestrations and queues start over: every watched invoice is marked to look again, which
/// starts its orchestration, and every open delivery gets its message. The invoices decide: watches and lists that were copied
/// later are brought back to their state.
/// </summary>
internal sealed class Restore(TableServiceClient service, DeliveryQueue queue, TimeProvider clock, TextWriter output)
{
    private const int MaxBatchCharacters = 1_000_000;
    private readonly Tables _tables = new(service);
    private readonly Dictionary<(string, string), TableEntity> _watches = [];
    private readonly Dictionary<string, (string Status, int Version)> _invoices = new(StringComparer.Ordinal);
    private readonly List<DeliveryAddress> _deliveries = [];

    /// <summary>Returns true when done; throws <see cref="RefusedException"/> before it writes anything if it cannot restore.</summary>
    /// <param name="folder">A complete backup.</param>
    /// <param name="force">Restores into tables that hold rows.</param>
    /// <param name="skip">
    /// How far to advance every address counter: the backup does not know which addresses were given out since. Null is refused with a
    /// proposal, unless no address is derived from a key.
    /// </param>
    /// <param name="cancellation">Stops partway; repeat with <paramref name="force"/>.</param>
    public async Task<bool> RunAsync(BackupFolder folder, bool force, int? skip, CancellationToken cancellation)
    {
        Manifest manifest = await folder.OpenAsync(cancellation);
        int skipped = skip ?? await RequireNoKeysAsync(folder, manifest);
        await _tables.EnsureCreatedAsync(cancellation);
        if (!force)
            await RequireEmptyAsync(cancellation);
        foreach (CopiedTable copied in manifest.Tables.Where(copied => copied.Table == _tables.Invoices.Name))
            await foreach (TableEntity row in folder.ReadAsync(copied))
                if (row.RowKey == AggregateRows.SnapshotKey)
                    _invoices[row.PartitionKey.Split('!')[1]] = (row.GetString("Status"), row.GetInt32("Version")!.Value);
        UndoneChanges undone = new(manifest.BegunAt);
        foreach (CopiedTable copied in manifest.Tables)
        {
            TableClient table = _tables.All.First(one => one.Name == copied.Table);
            await PutAsync(table, Changed(table, folder.ReadAsync(copied), skipped, undone), cancellation);
            await output.WriteLineAsync($"{copied.Table}: {copied.Rows} rows");
        }
        await MarkWatchesPendingAsync(cancellation);
        await output.WriteLineAsync(
            $"Restored the state of {manifest.BegunAt:u}: {_watches.Count} watched invoices and {_deliveries.Count} deliveries resume.");
        await undone.WriteAsync(output);
        return true;
    }

    /// <summary>Returns 0 if the backup has no account key; otherwise refuses, and proposes a number.</summary>
    private async Task<int> RequireNoKeysAsync(BackupFolder folder, Manifest manifest)
    {
        SkipProposal proposal = new(manifest.BegunAt);
        string[] counted = [_tables.Merchants.Name, _tables.Chains.Name, _tables.Watches.Name];
        foreach (CopiedTable copied in manifest.Tables.Where(copied => counted.Contains(copied.Table)))
            await foreach (TableEntity row in folder.ReadAsync(copied))
                proposal.Count(row);
        DateTimeOffset now = clock.GetUtcNow();
        return !proposal.HasKeys ? 0 : throw new RefusedException(
            $"say --skip-addresses. The backup is of {manifest.BegunAt:u}, {Age(now - manifest.BegunAt)} ago, and Bitcoin addresses that were given "
            + $"out since must not be given out again. The busiest key gave out {proposal.BusiestDay} in a day of the 30 days before; twice that "
            + $"rate until now makes --skip-addresses={proposal.Until(now)}. If the old gateway stopped earlier, less will do; 0 only if it "
            + "created no invoice since the backup.");
    }

    private static string Age(TimeSpan age) => age.TotalDays >= 2 ? $"{age.TotalDays:0} days" : $"{age.TotalHours:0.0} hours";

    private async Task MarkWatchesPendingAsync(CancellationToken cancellation)
    {
        IEnumerable<TableEntity> asked = _watches.Values
            .OrderBy(watch => watch.PartitionKey, StringComparer.Ordinal)
            .Select(ViewStore.PendingOf);
        await PutAsync(_tables.Watches, asked.ToAsyncEnumerable(), cancellation);
        foreach (DeliveryAddress delivery in _deliveries)
            await queue.SendAsync(delivery, slow: false, TimeSpan.Zero, cancellation);
    }

    private async Task RequireEmptyAsync(CancellationToken cancellation)
    {
        foreach (TableClient table in _tables.All)
            await foreach (TableEntity _ in table.QueryAsync<TableEntity>(maxPerPage: 1, cancellationToken: cancellation))
                throw new RefusedException($"{table.Name} is not empty. Restore into an empty account, or use --force to overwrite rows.");
    }

    /// <summary>Leaves out rows without an invoice, and collects the watches and deliveries to resume at the end.</summary>
    private async IAsyncEnumerable<TableEntity> Changed(TableClient table, IAsyncEnumerable<TableEntity> rows, int skip, UndoneChanges undone)
    {
        await foreach (TableEntity row in rows)
        {
            if ((table == _tables.Watches || table == _tables.Index) && !IsOfKnownInvoice(row))
                continue;
            if (table == _tables.Watches && WatchStore.IsWatch(row))
                _watches[(row.PartitionKey, row.RowKey)] = row;
            if (table == _tables.Deliveries && row.GetString("Status") == WireName.Of(DeliveryStatus.Pending))
                _deliveries.Add(DeliveryAddress.Parse($"{row.PartitionKey}!{row.RowKey}")!);
            if (table == _tables.Merchants)
                undone.Note(row);
            if (table == _tables.Merchants || table == _tables.Chains)
                yield return AddressCounters.SkippedAhead(row, skip);
            else if (table == _tables.Index && InvoiceIndex.InvoiceOf(row) is { } listed)
                yield return InvoiceIndex.AsOf(row, _invoices[listed].Status, _invoices[listed].Version);
            else
                yield return row;
        }
    }

    /// <summary>Returns false for rows of an invoice that was created after invoices were copied: a watch would be orphaned.</summary>
    private bool IsOfKnownInvoice(TableEntity row) =>
        (InvoiceIndex.InvoiceOf(row) is not { } listed || _invoices.ContainsKey(listed))
        && $"{row.PartitionKey}!{row.RowKey}".Split('!').All(part => !Id.IsWellFormed("inv", part) || _invoices.ContainsKey(part));

    /// <summary>Writes neighbouring rows of a partition in one transaction, as far as the service allows.</summary>
    private static async Task PutAsync(TableClient table, IAsyncEnumerable<TableEntity> rows, CancellationToken cancellation)
    {
        List<TableTransactionAction> batch = [];
        int characters = 0;
        await foreach (TableEntity row in rows.WithCancellation(cancellation))
        {
            int length = RowText.Write(row).Length;
            bool isFull = batch.Count == TableCalls.MaxBatchRows || characters + length > MaxBatchCharacters;
            if (batch.Count > 0 && (isFull || batch[0].Entity.PartitionKey != row.PartitionKey))
            {
                await table.SubmitTransactionAsync(batch, cancellation);
                (batch, characters) = ([], 0);
            }
            batch.Add(new(TableTransactionActionType.UpsertReplace, row));
            characters += length;
        }
        if (batch.Count > 0)
            await table.SubmitTransactionAsync(batch, cancellation);
    }
}
