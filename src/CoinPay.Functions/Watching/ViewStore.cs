using System.Numerics;
using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Platform.Telemetry;

namespace CoinPay.Functions.Watching;

/// <summary>
/// What the chains show for an invoice, in its watch's partition: one row per transfer (<c>view!invoice!transfer</c>), a
/// <c>pending!invoice</c> row until the invoice has processed the view, <c>depth!network!…</c> rows for the heights at which
/// it must check again, and the counter <c>dust!invoice</c>. Transfers and depths have the network they were found on, which
/// can differ from the invoice's. Except for the acknowledgement, only the pollers write these rows,
/// one poller a network at a time (<see cref="ViewFence"/>).
/// </summary>
/// <param name="networks">Provides the address space of each network.</param>
internal sealed partial class ViewStore(Tables tables, Networks networks)
{
    private const string ViewPrefix = "view!";
    private const string PendingPrefix = "pending!";
    private const string ChangingSuffix = "!asked";
    private const string DepthPrefix = "depth!";

    /// <summary>Shuts out every other poller of a network. Must run before anything is read that a poll builds on.</summary>
    public Task<ViewFence> TakeOverAsync(string network, Cursor cursor, CancellationToken cancellation) =>
        ViewFence.TakeOverAsync(tables.Watches, network, PartitionsOf(network), cursor, cancellation);

    /// <summary>Writes one invoice's changed transfers, pending row and depth marks, in one batch unless there are very many.</summary>
    /// <param name="height">The last block read, from which on a lost transfer is kept.</param>
    /// <param name="inputsOf">Returns what the transaction with a hash spends.</param>
    public Task WriteAsync(
        ViewFence fence,
        Watch watch,
        IReadOnlyCollection<ViewedTransfer> changed,
        IReadOnlyCollection<DepthMark> marks,
        long height,
        Func<string, Outpoints> inputsOf,
        CancellationToken cancellation)
    {
        string partition = PartitionOf(watch.Network, watch.InvoiceId);
        List<TableTransactionAction> actions = [Upsert(PendingRow(watch.Network, watch.InvoiceId, watch.MerchantId))];
        actions.AddRange(changed.Select(transfer =>
            Upsert(ToRow(partition, watch, transfer, height, inputsOf(transfer.TransactionHash)))));
        actions.AddRange(marks.Select(mark => Upsert(ToRow(partition, watch, mark))));
        return fence.CommitAsync(actions, cancellation);
    }

    /// <summary>
    /// Removes depths that the head has passed, and asks their invoices to check again. Must run after the cursor is stored:
    /// otherwise an invoice woken by another network finds the old cursor and acknowledges the request too early.
    /// </summary>
    public async Task PassDepthsAsync(
        ViewFence fence, IReadOnlyCollection<(Watch Watch, DepthMark Mark)> passed, CancellationToken cancellation)
    {
        IEnumerable<IEnumerable<TableTransactionAction>> batches = passed
            .GroupBy(one => one.Watch.InvoiceId, StringComparer.Ordinal)
            .SelectMany(ofInvoice => PassDepths(ofInvoice.First().Watch, ofInvoice.Select(one => one.Mark)))
            .GroupBy(action => action.Entity.PartitionKey, StringComparer.Ordinal);
        foreach (IEnumerable<TableTransactionAction> batch in batches)
            // If a row no longer exists, write them one by one.
            if (!await TryCommitAsync(fence, batch, cancellation))
                foreach (TableTransactionAction action in batch)
                    await TryCommitAsync(fence, [action], cancellation);
    }

    /// <summary>Returns false if a row to be deleted does not exist.</summary>
    private static async Task<bool> TryCommitAsync(
        ViewFence fence, IEnumerable<TableTransactionAction> actions, CancellationToken cancellation)
    {
        try
        {
            await fence.CommitAsync(actions, cancellation);
            return true;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return false;
        }
    }

    private IEnumerable<TableTransactionAction> PassDepths(Watch watch, IEnumerable<DepthMark> marks)
    {
        string partition = PartitionOf(watch.Network, watch.InvoiceId);
        return marks
            .Select(mark => new TableTransactionAction(TableTransactionActionType.Delete, ToRow(partition, watch, mark), ETag.All))
            .Prepend(Upsert(PendingRow(watch.Network, watch.InvoiceId, watch.MerchantId)));
    }

    /// <summary>Returns an invoice's transfers. Read the pending row first, so that a newer view is not acknowledged.</summary>
    public async Task<List<ViewedTransfer>> ReadAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        string prefix = $"{ViewPrefix}{invoiceId}!";
        List<ViewedTransfer> transfers = [];
        await foreach (TableEntity row in Range(PartitionOf(network, invoiceId), prefix, cancellation))
            transfers.Add(ToTransfer(row));
        return transfers;
    }

    /// <summary>
    /// Returns the transfers on a network that a reorg or a replacement can still affect: those in no block, and those in a
    /// block or lost above a height, each with its invoice and what its transaction spends.
    /// </summary>
    public async Task<List<(string InvoiceId, ViewedTransfer Transfer, Outpoints Inputs)>> ReadAboveAsync(
        string network, long height, CancellationToken cancellation)
    {
        List<(string, ViewedTransfer, Outpoints)> transfers = [];
        foreach (string partition in PartitionsOf(network))
        {
            string filter = TableClient.CreateQueryFilter(
                $"PartitionKey eq {partition} and RowKey ge {ViewPrefix} and RowKey lt {Key.After(ViewPrefix)} and Network eq {network} and (Height gt {height} or Height eq {Unmined})");
            await foreach (TableEntity row in tables.Watches.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
                transfers.Add((row.RowKey.Split('!')[1], ToTransfer(row), Outpoints.Parse(row.GetString("Inputs"))));
        }
        return transfers;
    }

    /// <summary>Returns the invoice's pending row, or null if its view was processed.</summary>
    public async Task<PendingView?> FindPendingAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        NullableResponse<TableEntity> row = await tables.Watches.GetEntityIfExistsAsync<TableEntity>(
            PartitionOf(network, invoiceId), PendingPrefix + invoiceId, ["TraceParent"], cancellation);
        return row.HasValue ? new(row.Value!.ETag, row.Value.GetString("TraceParent")) : null;
    }

    /// <summary>Deletes the pending row unless the poller has written it again since.</summary>
    public async Task AcknowledgeAsync(string network, string invoiceId, ETag pending, CancellationToken cancellation)
    {
        try
        {
            await tables.Watches.DeleteEntityAsync(
                PartitionOf(network, invoiceId), PendingPrefix + invoiceId, pending, cancellation);
        }
        catch (RequestFailedException newer) when (newer.Status is 404 or 412)
        {
            // There is a newer view, or a concurrent call has acknowledged this one: either way, do not delete the row.
        }
    }

    /// <summary>
    /// Records that the invoice is about to be changed: if the process dies before <see cref="MarkChangedAsync"/>, the sweeper
    /// wakes the invoice, which then sends what the change left to send.
    /// </summary>
    public Task MarkChangingAsync(InvoiceTerms terms, CancellationToken cancellation) =>
        tables.Watches.UpsertEntityAsync(
            PendingRow(terms.Network, terms.Id, terms.MerchantId, ChangingSuffix), TableUpdateMode.Replace, cancellation);

    /// <summary>Creates the row next to a watch that asks its invoice to check again.</summary>
    public static TableEntity PendingOf(TableEntity watch) => PendingIn(
        watch.PartitionKey, watch.RowKey[WatchStore.Prefix.Length..], watch.GetString("Network"), watch.GetString("MerchantId"));

    /// <summary>Records that the change was made, and asks the invoice to check again, regardless of its view.</summary>
    public async Task MarkChangedAsync(InvoiceTerms terms, CancellationToken cancellation)
    {
        await tables.Watches.UpsertEntityAsync(
            PendingRow(terms.Network, terms.Id, terms.MerchantId), TableUpdateMode.Replace, cancellation);
        await ForgetChangingAsync(terms.Network, terms.Id, cancellation);
    }

    /// <summary>Deletes the row of <see cref="MarkChangingAsync"/>; a missing row is not an error.</summary>
    public Task ForgetChangingAsync(string network, string invoiceId, CancellationToken cancellation) =>
        tables.Watches.DeleteEntityAsync(
            PartitionOf(network, invoiceId), PendingPrefix + invoiceId + ChangingSuffix, ETag.All, cancellation);

    /// <summary>Returns a network's invoices whose view is not processed or that were about to be changed, with the time.</summary>
    public async Task<List<PendingInvoice>> ReadPendingAsync(string network, CancellationToken cancellation)
    {
        List<PendingInvoice> pending = [];
        foreach (string partition in PartitionsOf(network))
            await foreach (TableEntity row in Range(partition, PendingPrefix, cancellation))
                if (row.GetString("Network") == network)
                    pending.Add(new(
                        row.RowKey.Split('!')[1],
                        row.GetString("MerchantId"),
                        row.Timestamp!.Value,
                        row.RowKey.EndsWith(ChangingSuffix, StringComparison.Ordinal)));
        return pending;
    }

    /// <summary>Returns all depth marks in a network's blocks, for a starting poller.</summary>
    public async Task<List<(string InvoiceId, DepthMark Mark)>> ReadDepthMarksAsync(string network, CancellationToken cancellation)
    {
        List<(string, DepthMark)> marks = [];
        foreach (string partition in PartitionsOf(network))
            await foreach (TableEntity row in Range(partition, $"{DepthPrefix}{network}!", cancellation))
            {
                string[] parts = row.RowKey.Split('!');
                FinalityTag? tag = parts[2] == "blocks" ? null : WireName.Read<FinalityTag>(parts[2]);
                marks.Add((parts[4], new(tag, long.Parse(parts[3])) { WrongNetwork = row.GetString("WrongNetwork") }));
            }
        return marks;
    }

    /// <summary>Removes all rows of an invoice's view.</summary>
    public async Task RemoveAsync(string network, string invoiceId, CancellationToken cancellation)
    {
        string partition = PartitionOf(network, invoiceId);
        List<TableTransactionAction> actions = [];
        await foreach (TableEntity row in Range(partition, $"{ViewPrefix}{invoiceId}!", cancellation))
            actions.Add(new(TableTransactionActionType.Delete, row));
        await foreach (TableEntity row in Range(partition, DustPrefix + invoiceId, cancellation))
            actions.Add(new(TableTransactionActionType.Delete, row));
        foreach (TableTransactionAction[] batch in actions.Chunk(TableCalls.MaxBatchRows))
            await tables.Watches.SubmitTransactionAsync(batch, cancellation);
    }

    private const long Unmined = -1;

    private string PartitionOf(string network, string invoiceId) => WatchStore.Partition(SpaceOf(network), invoiceId);

    private IEnumerable<string> PartitionsOf(string network) => WatchStore.Partitions(SpaceOf(network));

    private string SpaceOf(string network) => networks.SpaceOf(network);

    private AsyncPageable<TableEntity> Range(string partition, string prefix, CancellationToken cancellation) =>
        tables.Watches.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {Key.After(prefix)}"),
            cancellationToken: cancellation);

    private static TableTransactionAction Upsert(TableEntity row) => new(TableTransactionActionType.UpsertReplace, row);

    private TableEntity PendingRow(string network, string invoiceId, string merchantId, string suffix = "") =>
        PendingIn(PartitionOf(network, invoiceId), invoiceId + suffix, network, merchantId);

    private static TableEntity PendingIn(string partition, string name, string network, string merchantId) =>
        new(partition, PendingPrefix + name)
        {
            ["Network"] = network,
            ["MerchantId"] = merchantId,
            ["TraceParent"] = InvoiceTrace.Here,
        };

    private static TableEntity ToRow(string partition, Watch watch, DepthMark mark)
    {
        string network = mark.WrongNetwork ?? watch.Network;
        string tag = mark.Tag is { } wanted ? WireName.Of(wanted) : "blocks";
        return new(partition, $"{DepthPrefix}{network}!{tag}!{mark.Height:D12}!{watch.InvoiceId}")
        {
            ["WrongNetwork"] = mark.WrongNetwork,
            ["MerchantId"] = watch.MerchantId,
        };
    }

    private static TableEntity ToRow(string partition, Watch watch, ViewedTransfer transfer, long height, Outpoints inputs) =>
        new(partition, $"{ViewPrefix}{watch.InvoiceId}!{Key.Hash(transfer.Key)}")
        {
            ["Network"] = transfer.WrongNetwork ?? watch.Network,
            ["TransactionHash"] = transfer.TransactionHash,
            ["Ordinal"] = transfer.Ordinal,
            ["AssetId"] = transfer.AssetId,
            ["From"] = transfer.From,
            ["Amount"] = transfer.Amount.ToString(),
            ["FirstSeenAt"] = transfer.FirstSeenAt,
            ["Height"] = transfer.Lost is null ? transfer.Block?.Height ?? Unmined : height,
            ["BlockHash"] = transfer.Block?.Hash,
            ["BlockTime"] = transfer.Block?.Time,
            ["Lost"] = transfer.Lost is { } how ? WireName.Of(how) : null,
            ["WrongNetwork"] = transfer.WrongNetwork,
            ["IsAmbiguous"] = transfer.IsAmbiguous,
            ["HasConflict"] = transfer.HasConflict,
            ["IsDoubtful"] = transfer.IsDoubtful,
            ["Maturity"] = transfer.Maturity,
            ["ReplacedBy"] = transfer.ReplacedBy,
            ["Inputs"] = inputs.All.Count == 0 ? null : inputs.ToString(),
        };

    private static ViewedTransfer ToTransfer(TableEntity row) => new(
        row.GetString("TransactionHash"),
        row.GetString("Ordinal"),
        row.GetString("AssetId"),
        row.GetString("From"),
        BigInteger.Parse(row.GetString("Amount")),
        row.GetDateTimeOffset("FirstSeenAt")!.Value,
        row.GetString("BlockHash") is { } hash
            ? new(row.GetInt64("Height")!.Value, hash, row.GetDateTimeOffset("BlockTime")!.Value)
            : null,
        row.GetString("Lost") is { } lost ? WireName.Read<TransferStatus>(lost) : null)
    {
        WrongNetwork = row.GetString("WrongNetwork"),
        IsAmbiguous = row.GetBoolean("IsAmbiguous") ?? false,
        HasConflict = row.GetBoolean("HasConflict") ?? false,
        IsDoubtful = row.GetBoolean("IsDoubtful") ?? false,
        Maturity = row.GetInt32("Maturity") ?? 0,
        ReplacedBy = row.GetString("ReplacedBy"),
    };
}

/// <summary>A view to be processed. <paramref name="TraceParent"/> is the poll or call that wrote it, if it was traced.</summary>
internal sealed record PendingView(ETag Tag, string? TraceParent);

/// <summary>An invoice that must check again. <paramref name="IsChanging"/> means that it was about to be changed.</summary>
internal sealed record PendingInvoice(string InvoiceId, string MerchantId, DateTimeOffset Since, bool IsChanging);
