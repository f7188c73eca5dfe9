using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Invoices;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;

namespace CoinPay.Cli;

/// <summary>
/// Reads everything and checks for each invoice that its rows agree, that it is watched for as long as it should be, and that it
/// is in the merchant's list. The gateway can keep running: a difference is read again before it is reported.
/// </summary>
/// <param name="service">The account.</param>
/// <param name="clock">The current time.</param>
/// <param name="betweenReads">How long to wait before reading a difference again.</param>
/// <param name="output">Receives the differences and the totals.</param>
internal sealed class Reconcile(TableServiceClient service, TimeProvider clock, TimeSpan betweenReads, TextWriter output)
{
    private const int MaxReads = 4;
    private readonly Tables _tables = new(service);
    private long _invoices;
    private long _events;
    private long _lines;

    /// <summary>Returns true if nothing differs. Each difference is a line that begins with the invoice's id.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        Dictionary<string, TableEntity> watches = await ReadWatchesAsync(cancellation);
        long differing = 0;
        await foreach (InvoiceRows rows in InvoiceRows.AllAsync(_tables.Invoices, cancellation))
        {
            string invoiceId = rows.Partition.Split('!')[^1];
            IReadOnlyList<string> differences = await DifferencesAsync(rows, watches.GetValueOrDefault(invoiceId), cancellation);
            watches.Remove(invoiceId);
            differing += differences.Count > 0 ? 1 : 0;
            foreach (string difference in differences)
                await output.WriteLineAsync($"{invoiceId}: {difference}");
        }
        // A creation stores the watch first: until it is acknowledged, its invoice may not exist yet.
        foreach ((string invoiceId, TableEntity _) in watches.Where(watch => watch.Value.GetBoolean("Acknowledged") == true))
        {
            differing++;
            await output.WriteLineAsync($"{invoiceId}: has a watch, but the invoice does not exist");
        }
        await output.WriteLineAsync(differing == 0
            ? $"{_invoices} invoices with {_events} events and {_lines} ledger lines agree."
            : $"{differing} of {_invoices} invoices differ.");
        return differing == 0;
    }

    private async Task<IReadOnlyList<string>> DifferencesAsync(InvoiceRows rows, TableEntity? watch, CancellationToken cancellation)
    {
        (_invoices, _events, _lines) = (_invoices + 1, _events + rows.Events.Count, _lines + rows.Lines.Count);
        for (int reads = 1; ; reads++)
        {
            CheckedInvoice invoice = InvoiceCheck.Of(rows);
            List<string> differences = [.. invoice.Differences];
            if (invoice.State is { } state)
            {
                differences.AddRange(WatchDifferences(state, watch));
                differences.AddRange(await IndexDifferencesAsync(state, rows.HasOutbox, cancellation));
            }
            if (differences.Count == 0 || reads == MaxReads)
                return differences;
            await Task.Delay(betweenReads, cancellation);
            rows = await InvoiceRows.OfAsync(_tables.Invoices, rows.Partition, cancellation);
            watch = watch is null ? null : await _tables.Watches.FindAsync(watch.PartitionKey, watch.RowKey, cancellation);
        }
    }

    private IEnumerable<string> WatchDifferences(Invoice state, TableEntity? watch)
    {
        bool isOver = clock.GetUtcNow() >= state.Terms.MonitorUntil;
        if (watch is null && !isOver)
            yield return $"its address {state.Terms.Address} has no watch";
        if (watch is not null && watch.GetString("Address") != state.Terms.Address)
            yield return $"its watch has the address {watch.GetString("Address")}, but its address is {state.Terms.Address}";
    }

    /// <summary>A change that is still in the outbox is not in the list yet.</summary>
    private async Task<IReadOnlyList<string>> IndexDifferencesAsync(Invoice state, bool hasOutbox, CancellationToken cancellation)
    {
        if (hasOutbox)
            return [];
        (string partition, string key) = InvoiceIndex.PlaceOf(state.Terms);
        if (await _tables.Index.FindAsync(partition, key, cancellation) is not { } row)
            return ["it is missing from its merchant's list"];
        return row.GetString("Status") == state.Status.Text()
            ? []
            : [$"its merchant's list says {row.GetString("Status")}, but the events say {state.Status.Text()}"];
    }

    private async Task<Dictionary<string, TableEntity>> ReadWatchesAsync(CancellationToken cancellation)
    {
        Dictionary<string, TableEntity> watches = new(StringComparer.Ordinal);
        string filter = TableClient.CreateQueryFilter($"RowKey ge {WatchStore.Prefix} and RowKey lt {Key.After(WatchStore.Prefix)}");
        await foreach (TableEntity row in _tables.Watches.RowsAsync(filter, cancellation))
            watches[row.RowKey[WatchStore.Prefix.Length..]] = row;
        return watches;
    }
}
