using CoinPay.Chains;

namespace CoinPay.Simulation.Chains;

/// <summary>What a node has shown so far: all that the gateway can know about its network.</summary>
internal sealed class Evidence
{
    private readonly Dictionary<(string Recipient, string Key), ShownTransfer> _shown = [];
    private readonly HashSet<DateTimeOffset> _completeSince = [];
    private readonly HashSet<DateTimeOffset> _stalledSince = [];
    private readonly HashSet<string> _spenders = new(StringComparer.Ordinal);

    /// <summary>The last reading that was whole, while no other has begun and the chain did not move under it; else null.</summary>
    public Snapshot? Last { get; private set; }

    public long Height { get; private set; }

    public long? Safe { get; private set; }

    public long? Finalized { get; private set; }

    public ShownTransfer? Of(string recipient, string key) => _shown.GetValueOrDefault((recipient, key));

    /// <summary>Whether a reading that began then was complete, with blocks and mempool.</summary>
    public bool IsComplete(DateTimeOffset since) => _completeSince.Contains(since);

    /// <summary>Whether the chain's finality had stalled at a complete reading that began then.</summary>
    public bool IsStalled(DateTimeOffset since) => _stalledSince.Contains(since);

    /// <summary>Whether a block was shown that held this transaction with a watched coin among its inputs: whatever else spends it is gone there.</summary>
    public bool HasMined(string spender) => _spenders.Contains(spender);

    public void Show(IEnumerable<Spend> mined) => _spenders.UnionWith(mined.Select(spend => spend.TransactionHash));

    public void Show(ChainHead head)
    {
        Last = null;
        Height = Math.Max(Height, head.Height);
        Safe = head.Safe is { } safe ? Math.Max(Safe ?? 0, safe) : Safe;
        Finalized = head.Finalized is { } finalized ? Math.Max(Finalized ?? 0, finalized) : Finalized;
    }

    public void Show(ChainTransfer transfer, DateTimeOffset? minedAt, DateTimeOffset since)
    {
        if (!_shown.TryGetValue((transfer.Recipient, transfer.Key), out ShownTransfer? shown))
            _shown.Add((transfer.Recipient, transfer.Key), shown = new(transfer, since));
        if (minedAt is { } stamp)
            shown.Stamps.Add(stamp);
    }

    public void Complete(DateTimeOffset since, bool isStalled, bool isUnmoved, IReadOnlyList<Shown> present)
    {
        Last = isUnmoved ? new(since, present) : null;
        _completeSince.Add(since);
        if (isStalled)
            _stalledSince.Add(since);
        HashSet<string> all = present.Select(one => one.Transfer.Key).ToHashSet(StringComparer.Ordinal);
        foreach (ShownTransfer shown in _shown.Values.Where(shown => !all.Contains(shown.Transfer.Key)))
            shown.WasGone = true;
    }

    /// <summary><paramref name="Transfer"/> as it was shown first.</summary>
    internal sealed record ShownTransfer(ChainTransfer Transfer, DateTimeOffset FirstAt)
    {
        /// <summary>Of the blocks that were shown to hold it.</summary>
        public HashSet<DateTimeOffset> Stamps { get; } = [];

        /// <summary>A complete reading did not contain it.</summary>
        public bool WasGone { get; set; }
    }

    internal sealed record Snapshot(DateTimeOffset Since, IReadOnlyList<Shown> Present)
    {
        public bool IsChecked { get; set; }
    }

    /// <summary>A transfer in a block, or with null in none.</summary>
    internal sealed record Shown(ChainTransfer Transfer, string? BlockHash);
}
