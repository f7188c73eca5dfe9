namespace CoinPay.Functions.Chains;

/// <summary>
/// What a node's mempool was seen to hold, so that each transaction is fetched once. It is as large as the node's own
/// mempool and no larger. A transaction's outputs are kept while it is young, and only ours after that: the watch of an
/// address may be loaded a little later than the first payment to it is seen.
/// </summary>
internal sealed class Mempool(TimeProvider time)
{
    public const int TransactionsPerBatch = 200;

    /// <summary>Longer than the overlap with which new watches are read again.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(10);
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Forgets what the node no longer lists.</summary>
    public void Keep(string[] listed)
    {
        HashSet<string> still = new(listed, StringComparer.Ordinal);
        foreach (string id in _seen.Keys.Where(id => !still.Contains(id)).ToList())
            _seen.Remove(id);
    }

    public IEnumerable<string> Unread(string[] listed) => listed.Where(id => !_seen.ContainsKey(id));

    public void Add(string id, IEnumerable<ChainTransfer> outputs) => _seen[id] = new Seen(time.GetTimestamp(), [.. outputs]);

    public IReadOnlyList<ChainTransfer> Matching(Func<string, bool> isWatched)
    {
        List<ChainTransfer> matching = [];
        foreach (Seen transaction in _seen.Values)
        {
            if (transaction.Settled)
            {
                matching.AddRange(transaction.Outputs);
                continue;
            }
            ChainTransfer[] ours = [.. transaction.Outputs.Where(output => isWatched(output.Recipient))];
            matching.AddRange(ours);
            if (time.GetElapsedTime(transaction.At) > Young)
                transaction.Settle(ours);
        }
        return matching;
    }

    private sealed class Seen(long at, ChainTransfer[] outputs)
    {
        public long At => at;

        public ChainTransfer[] Outputs { get; private set; } = outputs;

        public bool Settled { get; private set; }

        public void Settle(ChainTransfer[] ours)
        {
            Outputs = ours;
            Settled = true;
        }
    }
}
