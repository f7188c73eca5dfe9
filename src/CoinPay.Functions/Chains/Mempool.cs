namespace CoinPay.Functions.Chains;

/// <summary>
/// What a node's mempool was seen to hold, so that each transaction is fetched once. It is as large as the node's own
/// mempool and no larger. A transaction's outputs are kept while it is young, and only ours after that: the watch of an
/// address may be loaded a little later than the first payment to it is seen. The young are few, as a full mempool that
/// is read for the first time would take hundreds of megabytes.
/// </summary>
internal sealed class Mempool(TimeProvider time)
{
    public const int TransactionsPerBatch = 200;

    /// <summary>Longer than the overlap with which new watches are read again.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromMinutes(10);
    private const int MostYoung = 20_000;
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _young = new();

    /// <summary>Forgets what the node no longer lists.</summary>
    public void Keep(string[] listed)
    {
        HashSet<string> still = new(listed, StringComparer.Ordinal);
        foreach (string id in _seen.Keys.Where(id => !still.Contains(id)).ToList())
            _seen.Remove(id);
    }

    public IEnumerable<string> Unread(string[] listed) => listed.Where(id => !_seen.ContainsKey(id));

    /// <summary>A transaction with all its outputs; an old one is settled by what is watched now.</summary>
    public void Add(string id, IEnumerable<ChainTransfer> outputs, Func<string, bool> isWatched)
    {
        _seen[id] = new Seen(time.GetTimestamp(), [.. outputs]);
        _young.Enqueue(id);
        while (_young.Count > MostYoung || IsOld(_young.Peek()))
            if (_seen.TryGetValue(_young.Dequeue(), out Seen? old))
                old.Settle([.. old.Outputs.Where(output => isWatched(output.Recipient))]);
    }

    /// <summary>The transfers to watched recipients.</summary>
    public IReadOnlyList<ChainTransfer> Matching(Func<string, bool> isWatched)
    {
        List<ChainTransfer> matching = [];
        foreach (Seen transaction in _seen.Values)
            matching.AddRange(transaction.IsSettled
                ? transaction.Outputs
                : transaction.Outputs.Where(output => isWatched(output.Recipient)));
        return matching;
    }

    private bool IsOld(string id) => !_seen.TryGetValue(id, out Seen? seen) || time.GetElapsedTime(seen.At) > Young;

    private sealed class Seen(long at, ChainTransfer[] outputs)
    {
        public long At => at;

        public ChainTransfer[] Outputs { get; private set; } = outputs;

        public bool IsSettled { get; private set; }

        public void Settle(ChainTransfer[] ours)
        {
            Outputs = ours;
            IsSettled = true;
        }
    }
}
