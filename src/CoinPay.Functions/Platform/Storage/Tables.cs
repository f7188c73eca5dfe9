using Azure.Data.Tables;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>The gateway's tables. A merchant's rows have the merchant in their partition key; only watches and chains are shared.</summary>
internal sealed class Tables(TableServiceClient service)
{
    /// <summary>Partition <c>merchant!invoice</c>: snapshot, events, ledger lines, transfers, outbox.</summary>
    public TableClient Invoices { get; } = service.GetTableClient("Invoices");

    /// <summary>Partition network and bucket: the watched addresses, and what the chain shows for them.</summary>
    public TableClient Watches { get; } = service.GetTableClient("Watches");

    /// <summary>Partition network: cursor and recent block hashes.</summary>
    public TableClient Chains { get; } = service.GetTableClient("Chains");

    /// <summary>Partition merchant: settings, wallets, API keys, webhook endpoints.</summary>
    public TableClient Merchants { get; } = service.GetTableClient("Merchants");

    /// <summary>Partition merchant: the fixed bodies of webhook events, newest first.</summary>
    public TableClient Events { get; } = service.GetTableClient("Events");

    /// <summary>Partition <c>merchant!endpoint</c>: one row per delivery, the source of truth; the queue message is only a hint.</summary>
    public TableClient Deliveries { get; } = service.GetTableClient("Deliveries");

    /// <summary>Partition merchant and mode: payments that need a decision, newest first. Written from the outbox.</summary>
    public TableClient Exceptions { get; } = service.GetTableClient("Exceptions");

    /// <summary>Lists and look-ups, written from the outbox; can be rebuilt.</summary>
    public TableClient Index { get; } = service.GetTableClient("Index");

    /// <summary>Partition merchant and hash prefix: the first use of each Idempotency-Key.</summary>
    public TableClient Idempotency { get; } = service.GetTableClient("Idempotency");

    /// <summary>Partition month: operators' calls. Append-only.</summary>
    public TableClient Audit { get; } = service.GetTableClient("Audit");

    public IReadOnlyList<TableClient> All =>
        [Invoices, Watches, Chains, Merchants, Events, Deliveries, Exceptions, Index, Idempotency, Audit];

    public async Task EnsureCreatedAsync(CancellationToken cancellation)
    {
        foreach (TableClient table in All)
            await table.CreateIfNotExistsAsync(cancellation);
    }
}
