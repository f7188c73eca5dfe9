using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Cli;

/// <summary>
/// The order in which tables are copied while the gateway may write to them: what says that something is done is copied before what
/// was done, so that a copy never claims more than it holds. What it holds beyond that is done again, as after a crash.
/// </summary>
internal static class CopyOrder
{
    public static IReadOnlyList<TableClient> Of(Tables tables) =>
    [
        tables.Chains, // The cursor says which blocks' payments stand in the views, so it comes before Watches.
        tables.Watches, // With the second copy below: every watch of an invoice that is copied in between, though it ended since.
        tables.Invoices, // A cleared outbox says that index, exceptions, events and deliveries are written: all of them follow.
        tables.Watches, // An invoice is stored after its watch, and takes up views that stand: none is missing now.
        tables.Merchants, // After Watches: an address counter that is behind would give an address twice. Its outbox, as above.
        tables.Exceptions,
        tables.Deliveries, // Before Events: a delivery needs its event's body.
        tables.Events,
        tables.Index, // After Deliveries: a pointer that is gone says that the delivery came to its end.
        tables.Idempotency, // After Invoices: a retry finds the invoice that it made.
        tables.Audit,
    ];
}
