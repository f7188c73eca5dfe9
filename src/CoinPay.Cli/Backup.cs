using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Cli;

/// <summary>
/// Copies the gateway's tables while it runs. Queues and orchestrations are not copied: deliveries and watches say what is to be
/// done, and a restore asks for it anew.
/// </summary>
internal sealed class Backup(TableServiceClient service, TextWriter output)
{
    private const int MaxReads = 5;
    private readonly Tables _tables = new(service);

    /// <summary>True when all is copied; throws <see cref="RefusedException"/> where the folder exists.</summary>
    public async Task<bool> RunAsync(BackupFolder folder, CancellationToken cancellation)
    {
        if (folder.Exists)
            throw new RefusedException("The folder exists already: a backup makes its own.");
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
    /// Partitions as they were at one moment. A commit may fall between two pages of an answer: then its rows differ, and the partition is read again. One that differs every time was damaged before, and is copied as it is.
    /// </summary>
    private async IAsyncEnumerable<TableEntity> WholeInvoicesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (InvoiceRows read in InvoiceRows.AllAsync(_tables.Invoices, cancellation))
        {
            InvoiceRows rows = read;
            for (int reads = 1; reads < MaxReads && !IsWhole(rows); reads++)
                rows = await InvoiceRows.OfAsync(_tables.Invoices, rows.Partition, cancellation);
            if (!IsWhole(rows))
                await output.WriteLineAsync($"Warning: {rows.Partition} is copied as it is; reconcile will say what is wrong with it.");
            foreach (TableEntity row in rows.All)
                yield return row;
        }
    }

    private static bool IsWhole(InvoiceRows rows) => InvoiceCheck.Of(rows).Differences.Count == 0;
}
