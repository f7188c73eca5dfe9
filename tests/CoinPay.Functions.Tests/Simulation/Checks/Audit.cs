using Azure.Data.Tables;
using CoinPay.Embedded.Storage;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>All invoices there are, each looked at again after a step that changed it.</summary>
internal sealed class Audit
{
    private readonly World _world;
    private readonly TableServiceClient _storage;
    private readonly Dictionary<string, AuditedInvoice> _invoices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private bool _viewsChanged;
    private DateTimeOffset _lookedAt;

    public Audit(World world)
    {
        _world = world;
        _storage = world.Storage.TableService();
        _lookedAt = world.Now;
    }

    public IEnumerable<AuditedInvoice> Invoices => _invoices.Values;

    public AuditedInvoice? Find(string invoiceId) =>
        _invoices.Values.FirstOrDefault(invoice => invoice.State.Terms.Id == invoiceId);

    public void Note(StorageOperation operation)
    {
        if (operation is { Container: "Invoices", Writes: true, Status: < 300, Partition: { } partition })
            _changed.Add(partition);
        _viewsChanged |= operation is { Container: "Watches", Writes: true };
    }

    public void Look()
    {
        foreach (string partition in _changed)
        {
            if (!_invoices.TryGetValue(partition, out AuditedInvoice? invoice))
                _invoices.Add(partition, invoice = new(_world, partition));
            invoice.Look(Rows("Invoices", $"PartitionKey eq '{partition}'"), _lookedAt);
        }
        if (_viewsChanged || _changed.Count > 0)
            AcknowledgementCheck.Require(this);
        _viewsChanged = false;
        _changed.Clear();
        _lookedAt = _world.Now;
    }

    /// <summary>Rows as storage has them, read beside the app.</summary>
    public List<TableEntity> Rows(string table, string filter) =>
        _world.Quietly(() => _storage.GetTableClient(table).Query<TableEntity>(filter).ToList());
}
