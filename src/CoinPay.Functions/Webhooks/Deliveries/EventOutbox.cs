using Azure.Data.Tables;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Events that a change of a merchant's rows leaves to be told: written in the same transaction as the change
/// (partition merchant, row <c>outbox!event</c> of <c>Merchants</c>), told afterwards, by the sweeper after a crash.
/// </summary>
internal sealed class EventOutbox(Tables tables, EventPublisher publisher)
{
    private const string Prefix = "outbox!";

    public static TableEntity Row(GatewayEvent happened) =>
        happened.ToRow(happened.MerchantId, Key.Of("outbox", happened.Id));

    /// <summary>Tells what stands in a merchant's outbox.</summary>
    public async Task FlushAsync(string merchantId, CancellationToken cancellation)
    {
        await foreach (TableEntity row in tables.Merchants.RangeAsync(merchantId, Prefix, cancellation))
            await TellAsync(row, cancellation);
    }

    /// <summary>Tells what stands in anybody's outbox; reads the whole table, so not often.</summary>
    public async Task SweepAsync(CancellationToken cancellation)
    {
        string filter = TableClient.CreateQueryFilter($"RowKey ge {Prefix} and RowKey lt {Key.After(Prefix)}");
        await foreach (TableEntity row in tables.Merchants.RowsAsync(filter, cancellation))
            await TellAsync(row, cancellation);
    }

    private async Task TellAsync(TableEntity row, CancellationToken cancellation)
    {
        await publisher.PublishAsync(GatewayEvent.FromRow(row), cancellation);
        await tables.Merchants.DeleteEntityAsync(row.PartitionKey, row.RowKey, Azure.ETag.All, cancellation);
    }
}
