using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Cli;

/// <summary>
/// The order in which tables are copied while the gateway may write to them. A record that something is done is copied before
/// its result, so that a copy never claims more than it holds. Anything it holds beyond that is repeated, as after a crash.
/// </summary>
internal static class CopyOrder
{
    public static IReadOnlyList<TableClient> Of(Tables tables) =>
    [
        tables.Chains, // The cursor says which blocks' payments are in the views, so it comes before Watches.
        tables.Watches, // Together with the second copy below: includes watches that end while invoices are being copied.
        tables.Invoices, // A cleared outbox means that index, exceptions, events and deliveries are written: all of them follow.
        tables.Watches, // An invoice is stored after its watch, and reads views that already exist: none is missing now.
        tables.Merchants, // After Watches: a counter that is behind would give an address out twice. Its outbox, as above.
        tables.Exceptions,
        tables.Deliveries, // Before Events: a delivery needs its event's body.
        tables.Events,
        tables.Index, // After Deliveries: a missing pointer means that the delivery has finished.
        tables.Idempotency, // After Invoices: a retry finds the invoice that it created.
        tables.Audit,
    ];
}
