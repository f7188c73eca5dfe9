namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Remembers the transactions seen in a node's mempool, so that each is fetched only once. It is never larger than the
/// node's own mempool. All outputs and inputs of a transaction are kept while it is young, and only ours after that: an
/// address's watch can be loaded slightly after its first payment was seen. The number of young transactions is
/// limited, because a full mempool read for the first time would take hundreds of megabytes.
/// </summary>
internal sealed class Mempool(TimeProvider time)
{
    public const int TransactionsPerBatch = 200;

    private const int MaxYoung = 20_000;
    private const int MaxYoungInputs = 100_000;
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, int Inputs)> _young = new();
    private readonly RecentSpends _recent = new(time, WatchWindows.KeptWhole, MaxYoungInputs);
    private int _youngInputs;

    /// <summary>Forgets transactions that the node no longer lists.</summary>
    public void Keep(string[] listed)
    {
        HashSet<string> still = new(listed, StringComparer.Ordinal);
        foreach (string id in _seen.Keys.Where(id => !still.Contains(id)).ToList())
            _seen.Remove(id);
    }

    public IEnumerable<string> Unread(string[] listed) => listed.Where(id => !_seen.ContainsKey(id));

    /// <summary>
    /// Adds a transaction with all its outputs and inputs; old ones are reduced to what is watched now.
    /// </summary>
    public void Add(string id, IEnumerable<ChainTransfer> outputs, Outpoints inputs, Func<string, bool> isWatched)
    {
        bool hasConflict = _recent.HaveAnother(id, inputs);
        _seen[id] = new Seen(
            time.GetTimestamp(), [.. outputs.Select(output => output with { HasConflict = hasConflict })], inputs);
        _young.Enqueue((id, inputs.All.Count));
        _youngInputs += inputs.All.Count;
        while (_young.Count > MaxYoung || _youngInputs > MaxYoungInputs || IsOld(_young.Peek().Id))
        {
            (string oldest, int count) = _young.Dequeue();
            _youngInputs -= count;
            if (_seen.TryGetValue(oldest, out Seen? old))
                old.Settle(isWatched);
        }
    }

    /// <summary>Returns the transfers to watched recipients.</summary>
    public IReadOnlyList<ChainTransfer> Matching(Func<string, bool> isWatched)
    {
        List<ChainTransfer> matching = [];
        foreach (Seen transaction in _seen.Values)
            matching.AddRange(transaction.IsSettled
                ? transaction.Outputs
                : transaction.Outputs.Where(output => isWatched(output.Recipient)));
        return matching;
    }

    /// <summary>Returns the transactions that spend watched outpoints.</summary>
    public IReadOnlyList<Spend> Spends(Func<string, bool> isWatched)
    {
        List<Spend> spends = [];
        foreach ((string id, Seen transaction) in _seen)
            foreach (string outpoint in transaction.Inputs.All)
                if (isWatched(outpoint))
                    spends.Add(new(outpoint, id));
        return spends;
    }

    private bool IsOld(string id) => !_seen.TryGetValue(id, out Seen? seen) || time.GetElapsedTime(seen.At) > WatchWindows.KeptWhole;

    private sealed class Seen(long at, ChainTransfer[] outputs, Outpoints inputs)
    {
        public long At => at;

        public ChainTransfer[] Outputs { get; private set; } = outputs;

        public Outpoints Inputs { get; private set; } = inputs;

        public bool IsSettled { get; private set; }

        /// <summary>
        /// The inputs of our payments are stored with the transfers; of other transactions only inputs that conflict
        /// with ours are kept.
        /// </summary>
        public void Settle(Func<string, bool> isWatched)
        {
            Outputs = [.. Outputs.Where(output => isWatched(output.Recipient))];
            Inputs = Outpoints.Of(Inputs.All.Where(isWatched));
            IsSettled = true;
        }
    }
}
