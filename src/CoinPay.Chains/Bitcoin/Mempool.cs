namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// What a node's mempool was seen to hold, so that each transaction is fetched once. It is as large as the node's own
/// mempool and no larger. A transaction's outputs and inputs are kept while it is young, and only ours after that: the
/// watch of an address may be loaded a little later than the first payment to it is seen. The young are few, as a full
/// mempool that is read for the first time would take hundreds of megabytes.
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

    /// <summary>Forgets what the node no longer lists.</summary>
    public void Keep(string[] listed)
    {
        HashSet<string> still = new(listed, StringComparer.Ordinal);
        foreach (string id in _seen.Keys.Where(id => !still.Contains(id)).ToList())
            _seen.Remove(id);
    }

    public IEnumerable<string> Unread(string[] listed) => listed.Where(id => !_seen.ContainsKey(id));

    /// <summary>
    /// A transaction with all its outputs and inputs; an old one is settled by which scripts and outpoints are watched now.
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

    /// <summary>The transactions that spend watched outpoints.</summary>
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

        /// <summary>The inputs of ours go with the transfers; of another's only those that rival ours are kept.</summary>
        public void Settle(Func<string, bool> isWatched)
        {
            Outputs = [.. Outputs.Where(output => isWatched(output.Recipient))];
            Inputs = Outpoints.Of(Inputs.All.Where(isWatched));
            IsSettled = true;
        }
    }
}
