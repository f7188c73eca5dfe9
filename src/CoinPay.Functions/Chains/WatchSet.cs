namespace CoinPay.Functions.Chains;

/// <summary>
/// The watched recipients of a network, in memory. Watches are only ever added, and their keys sort by time, so a short
/// range is enough to stay complete: the last minutes again, for clocks that differ and writes that took long.
/// </summary>
internal sealed class WatchSet
{
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(5);
    private readonly string _network;
    private readonly Dictionary<string, List<Watch>> _byRecipient = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Watch> _byInvoice = new(StringComparer.Ordinal);
    private DateTimeOffset? _loadedAt;

    public WatchSet(string network) => _network = network;

    public bool Contains(string recipient) => _byRecipient.ContainsKey(recipient);

    public IReadOnlyList<Watch> Of(string recipient) => _byRecipient.GetValueOrDefault(recipient) ?? [];

    public Watch? Find(string invoiceId) => _byInvoice.GetValueOrDefault(invoiceId);

    /// <summary>Adds what was inserted since the last time, all there is at first.</summary>
    public async Task LoadNewAsync(WatchStore watches, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (Watch watch in await watches.ReadSinceAsync(_network, _loadedAt - Overlap, cancellation))
            if (watch.MonitorUntil > now && _byInvoice.TryAdd(watch.InvoiceId, watch))
                AddRecipient(watch);
        _loadedAt = now;
    }

    private void AddRecipient(Watch watch)
    {
        if (!_byRecipient.TryGetValue(watch.Recipient, out List<Watch>? sharing))
            _byRecipient.Add(watch.Recipient, sharing = []);
        sharing.Add(watch);
    }
}
