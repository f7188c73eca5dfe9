using CoinPay.Testing.Storage;
using CoinPay.Testing.Storage.Tables;

namespace CoinPay.Simulation.Checks;

/// <summary>All invoices; each is checked again after a step that changed it.</summary>
internal sealed class Audit
{
    private readonly World _world;
    private readonly Dictionary<string, AuditedInvoice> _invoices = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private bool _viewsChanged;
    private DateTimeOffset _lookedAt;

    public Audit(World world)
    {
        _world = world;
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
            invoice.Look(Rows("Invoices", partition), _lookedAt);
        }
        if (_viewsChanged || _changed.Count > 0)
            AcknowledgementCheck.Require(this);
        ViewCheck.Require(_world);
        _viewsChanged = false;
        _changed.Clear();
        _lookedAt = _world.Now;
    }

    /// <summary>Rows as storage has them, in order of their keys, read beside the app.</summary>
    public IEnumerable<Row> Rows(string table) => _world.Storage.Rows[table].From(string.Empty, string.Empty);

    /// <summary>The rows of one partition.</summary>
    public List<Row> Rows(string table, string partition) =>
        [.. _world.Storage.Rows[table].From(partition, string.Empty).TakeWhile(row => row.Partition == partition)];
}

/// <summary>Properties of a stored row.</summary>
internal static class RowProperties
{
    public static string? Text(this Row row, string name) => row.Value(name) as string;

    public static int? Number(this Row row, string name) => row.Value(name) as int?;
}
