using CoinPay.Functions.Chains;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>What a node has shown so far: all that the gateway can know of its network.</summary>
internal sealed class Evidence
{
    private readonly Dictionary<(string Recipient, string Key), ShownTransfer> _shown = [];
    private readonly HashSet<DateTimeOffset> _completeSince = [];

    public long Height { get; private set; }

    public long? Safe { get; private set; }

    public long? Finalized { get; private set; }

    /// <summary>The state of the chain at the last complete reading.</summary>
    public int? CompleteVersion { get; private set; }

    public ShownTransfer? Of(string recipient, string key) => _shown.GetValueOrDefault((recipient, key));

    /// <summary>Whether a reading that began then was answered whole, blocks and mempool.</summary>
    public bool IsComplete(DateTimeOffset since) => _completeSince.Contains(since);

    public void Show(ChainHead head)
    {
        Height = Math.Max(Height, head.Height);
        Safe = head.Safe is { } safe ? Math.Max(Safe ?? 0, safe) : Safe;
        Finalized = head.Finalized is { } finalized ? Math.Max(Finalized ?? 0, finalized) : Finalized;
    }

    public void Show(ChainTransfer transfer, DateTimeOffset? minedAt, DateTimeOffset since)
    {
        if (!_shown.TryGetValue((transfer.Recipient, transfer.Key), out ShownTransfer? shown))
            _shown.Add((transfer.Recipient, transfer.Key), shown = new(transfer, since));
        if (minedAt is { } stamp && (shown.EarliestStamp is null || stamp < shown.EarliestStamp))
            shown.EarliestStamp = stamp;
    }

    public void Complete(DateTimeOffset since, int version, IEnumerable<string> present)
    {
        _completeSince.Add(since);
        CompleteVersion = version;
        HashSet<string> all = new(present, StringComparer.Ordinal);
        foreach (ShownTransfer shown in _shown.Values.Where(shown => !all.Contains(shown.Transfer.Key)))
            shown.WasGone = true;
    }

    internal sealed record ShownTransfer(ChainTransfer Transfer, DateTimeOffset FirstAt)
    {
        /// <summary>The earliest stamp of a block that was shown to hold it.</summary>
        public DateTimeOffset? EarliestStamp { get; set; }

        /// <summary>A complete reading had it nowhere.</summary>
        public bool WasGone { get; set; }
    }
}
