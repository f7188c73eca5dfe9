using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Cli;

/// <summary>
/// Copies the gateway's tables while it runs. Queues and orchestrations are not copied: a restore recreates them from the
/// deliveries and watches.
/// </summary>
internal sealed class Backup(TableServiceClient service, TextWriter output)
{
    private const int MaxReads = 5;
    private readonly Tables _tables = new(service);

    /// <summary>Returns true when everything is copied; throws <see cref="RefusedException"/> if the folder exists.</summary>
    public async Task<bool> RunAsync(BackupFolder folder, CancellationToken cancellation)
    {
        if (folder.Exists)
            throw new RefusedException("The folder already exists: backup creates a new one.");
        folder.Make();
        DateTimeOffset begunAt = DateTimeOffset.UtcNow;
        List<CopiedTable> copied = [];
        foreach (TableClient table in CopyOrder.Of(_tables))
        {
            string file = $"{copied.Count + 1:D2}-{table.Name}.jsonl.gz";
            copied.Add(await folder.WriteAsync(table.Name, file, RowsOf(table, cancellation), cancellation));
            await output.WriteLineAsync($"{table.Name}: {copied[^1].Rows} rows");
        }
        await folder.FinishAsync(begunAt, copied, cancellation);
        return true;
    }

    private IAsyncEnumerable<TableEntity> RowsOf(TableClient table, CancellationToken cancellation) => table == _tables.Invoices
        ? WholeInvoicesAsync(cancellation)
        : table.QueryAsync<TableEntity>(cancellationToken: cancellation);

    /// <summary>
    /// Reads each partition as it was at one moment. If a commit falls between two pages, the rows disagree and the partition is
    /// read again. A partition that disagrees every time was already damaged, and is copied as it is.
    /// </summary>
    private async IAsyncEnumerable<TableEntity> WholeInvoicesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (InvoiceRows read in InvoiceRows.AllAsync(_tables.Invoices, cancellation))
        {
            InvoiceRows rows = read;
            for (int reads = 1; reads < MaxReads && !IsWhole(rows); reads++)
                rows = await InvoiceRows.OfAsync(_tables.Invoices, rows.Partition, cancellation);
            if (!IsWhole(rows))
                await output.WriteLineAsync($"Warning: {rows.Partition} is inconsistent and copied as it is; run reconcile for details.");
            foreach (TableEntity row in rows.All)
                yield return row;
        }
    }

    private static bool IsWhole(InvoiceRows rows) => InvoiceCheck.Of(rows).Differences.Count == 0;
}
