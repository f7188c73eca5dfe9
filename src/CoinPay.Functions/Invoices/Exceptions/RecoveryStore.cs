using Azure;
using Azure.Data.Tables;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Platform.Storage;
using CoinPay.Functions.Watching;

namespace CoinPay.Functions.Invoices.Exceptions;

/// <summary>An invoice with money on other networks that has to be moved.</summary>
internal sealed record PendingRecovery(string Partition, string InvoiceId, string MerchantId, DateTimeOffset DueAt, ETag Tag);

/// <summary>
/// Tracks which invoices have a recovery under way: a row next to the invoice's watch, <c>recover!invoice</c>, written from
/// the outbox. The row is only a hint: the invoice says what to do.
/// </summary>
internal sealed class RecoveryStore(Tables tables, Networks networks, TimeProvider clock)
{
    private const string Prefix = "recover!";

    /// <summary>Adds the invoice if any of its recoveries is under way. Repeating it makes the next attempt due now.</summary>
    public async Task NoteAsync(Invoice state, CancellationToken cancellation)
    {
        if (!state.Exceptions.Exists(known => known.Recovery is { IsPending: true }))
            return;
        InvoiceTerms terms = state.Terms;
        string partition = WatchStore.Partition(networks.SpaceOf(terms.Network), terms.Id);
        await tables.Watches.UpsertEntityAsync(
            ToRow(partition, terms.Id, terms.MerchantId, clock.GetUtcNow()), TableUpdateMode.Replace, cancellation);
    }

    /// <summary>Returns the recoveries whose next attempt is due, in all address spaces.</summary>
    public async Task<List<PendingRecovery>> ReadDueAsync(CancellationToken cancellation)
    {
        List<PendingRecovery> due = [];
        IEnumerable<string> spaces = networks.All
            .Where(network => network.AddressSpace != network.Name)
            .Select(network => network.AddressSpace)
            .Distinct(StringComparer.Ordinal);
        foreach (string partition in spaces.SelectMany(WatchStore.Partitions))
            await foreach (TableEntity row in tables.Watches.RangeAsync(partition, Prefix, cancellation))
                if (row.GetDateTimeOffset("DueAt")!.Value <= clock.GetUtcNow())
                    due.Add(new(
                        partition, row.RowKey[Prefix.Length..], row.GetString("MerchantId"),
                        row.GetDateTimeOffset("DueAt")!.Value, row.ETag));
        return due;
    }

    /// <summary>Sets the time of the next attempt, unless the invoice was added again meanwhile.</summary>
    public Task PostponeAsync(PendingRecovery pending, DateTimeOffset until, CancellationToken cancellation) =>
        tables.Watches.TryReplaceAsync(
            ToRow(pending.Partition, pending.InvoiceId, pending.MerchantId, until), pending.Tag, cancellation);

    /// <summary>Removes the row, unless the invoice was added again meanwhile.</summary>
    public Task ForgetAsync(PendingRecovery pending, CancellationToken cancellation) =>
        tables.Watches.TryCommitAsync(
            [new(
                TableTransactionActionType.Delete,
                ToRow(pending.Partition, pending.InvoiceId, pending.MerchantId, pending.DueAt),
                pending.Tag)],
            cancellation);

    private static TableEntity ToRow(string partition, string invoiceId, string merchantId, DateTimeOffset dueAt) =>
        new(partition, Prefix + invoiceId) { ["MerchantId"] = merchantId, ["DueAt"] = dueAt };
}
