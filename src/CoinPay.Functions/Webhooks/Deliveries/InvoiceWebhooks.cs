using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Summarizes the delivery of an invoice's events: <c>webhooks</c> in its document.</summary>
/// <param name="Attempts">POSTs so far, of all events to all endpoints.</param>
/// <param name="LastStatus">HTTP status of the latest POST; null if there was none or it got no response.</param>
internal sealed record WebhookTally(int Attempts, int? LastStatus)
{
    public static WebhookTally None { get; } = new(0, null);

    public static WebhookTally Of(IReadOnlyCollection<TableEntity> rows) => rows.Count == 0
        ? None
        : new(
            rows.Sum(row => row.GetInt32("Attempts")!.Value),
            rows.MaxBy(row => row.GetDateTimeOffset("LastAt"))!.GetInt32("LastStatus"));
}

/// <summary>
/// Keeps one row per delivery in the invoice's partition (<c>webhook!event!endpoint</c>), copied from the delivery's own
/// row after each attempt, so that reading an invoice needs no other table. Repeating it changes nothing.
/// </summary>
internal sealed class InvoiceWebhooks(Tables tables)
{
    public const string Prefix = "webhook!";

    public async Task NoteAsync(Delivery delivery, CancellationToken cancellation)
    {
        if (Id.OfKind("inv", delivery.Subject) is not { } invoiceId || delivery.Attempts.Count == 0)
            return;
        DeliveryAddress address = delivery.Address;
        TableEntity row = new(Key.Of(address.MerchantId, invoiceId), Prefix + Key.Of(address.EventId, address.EndpointId))
        {
            ["Attempts"] = delivery.AttemptsEver,
            ["LastStatus"] = delivery.Attempts[^1].Status,
            ["LastAt"] = delivery.Attempts[^1].At,
        };
        await tables.Invoices.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
    }
}
