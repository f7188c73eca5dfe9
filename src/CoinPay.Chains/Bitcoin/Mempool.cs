namespace CoinPay.Chains.Bitcoin;

/// <summary>
/// Remembers the transactions seen in a node's mempool, so that each is fetched only once. It is never larger than the
/// node's own mempool. All outputs and inputs of a transaction are kept while it is young, and only ours after that: an
/// address's watch can be loaded slightly after its first payment was seen. The number of young transactions is
/// limited, because a full mempool read for the first time would take hundreds of megabytes.
/// What was spent before is known only since the mempool is being read: of a transaction that was already there, or that came
/// while the node could not be read for long, nobody knows whether it replaced another.
/// </summary>
internal sealed class Mempool(TimeProvider time)
{
    public const int TransactionsPerBatch = 200;

    private const int MaxYoung = 20_000;
    private const int MaxYoungInputs = 100_000;
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, int Inputs)> _young = new();
    private readonly RecentSpends _recent = new(time, WatchWindows.KeptWhole);
    private int _youngInputs;
    private long? _readAt;

    /// <summary>Forgets transactions that the node no longer lists.</summary>
    public void Keep(string[] listed)
    {
        HashSet<string> still = new(listed, StringComparer.Ordinal);
        foreach (string id in _seen.Keys.Where(id => !still.Contains(id)).ToList())
        {
            _seen.Remove(id);
            _recent.Left(id);
        }
    }

    /// <summary>Everything that the node listed has been read.</summary>
    public void IsRead() => _readAt = time.GetTimestamp();

    public IEnumerable<string> Unread(string[] listed) => listed.Where(id => !_seen.ContainsKey(id));

    /// <summary>
    /// Adds a transaction with all its outputs and inputs; old ones are reduced to what is watched now.
    /// </summary>
    /// <param name="id">Its hash.</param>
    /// <param name="outputs">What it pays, to anybody.</param>
    /// <param name="spent">Every outpoint that it spends.</param>
    /// <param name="isWatched">Whether a recipient or an outpoint is ours.</param>
    public void Add(string id, IEnumerable<ChainTransfer> outputs, IEnumerable<string> spent, Func<string, bool> isWatched)
    {
        string[] all = [.. spent];
        Outpoints inputs = Outpoints.Of(all);
        _seen[id] = new Seen(time.GetTimestamp(), [.. outputs], inputs)
        {
            HasConflict = _recent.HaveAnother(id, all),
            IsHistoryKnown = _readAt is { } last && time.GetElapsedTime(last) <= WatchWindows.KeptWhole,
        };
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
            matching.AddRange(transaction.OutputsTo(isWatched).Select(output => output with
            {
                HasConflict = transaction.HasConflict || transaction.HasContestedAncestor,
                IsDoubtful = transaction.IsDoubtful,
                EnteredAt = transaction.EnteredAt,
            }));
        return matching;
    }

    /// <summary>Returns the transactions that pay to watched recipients and were not judged yet.</summary>
    public string[] Unjudged(Func<string, bool> isWatched) =>
        [.. _seen.Where(seen => !seen.Value.IsJudged && seen.Value.OutputsTo(isWatched).Any()).Select(seen => seen.Key)];

    /// <summary>Decides once what a transaction is worth without a block.</summary>
    /// <param name="id">Its hash.</param>
    /// <param name="ancestors">The unconfirmed transactions that it descends from; null if unknown.</param>
    /// <param name="isFeeSufficient">Whether a block will probably hold it soon.</param>
    /// <param name="enteredAt">When it entered the node's mempool; null if unknown.</param>
    public void Judge(string id, string[]? ancestors, bool isFeeSufficient, DateTimeOffset? enteredAt = null)
    {
        Seen judged = _seen[id];
        Seen?[]? all = ancestors?.Select(ancestor => _seen.GetValueOrDefault(ancestor)).ToArray();
        judged.IsJudged = true;
        judged.EnteredAt = enteredAt;
        judged.HasContestedAncestor = all?.Any(ancestor => ancestor is { HasConflict: true }) == true;
        judged.IsDoubtful = !isFeeSufficient || !judged.IsHistoryKnown || all?.All(ancestor => ancestor is { IsHistoryKnown: true }) != true;
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

        private ChainTransfer[] Outputs { get; set; } = outputs;

        public Outpoints Inputs { get; private set; } = inputs;

        /// <summary>Another transaction that spends one of its inputs was seen before.</summary>
        public required bool HasConflict { get; init; }

        /// <summary>The mempool was being read when it came.</summary>
        public required bool IsHistoryKnown { get; init; }

        public bool IsJudged { get; set; }

        public DateTimeOffset? EnteredAt { get; set; }

        public bool HasContestedAncestor { get; set; }

        /// <summary>See <see cref="ChainTransfer.IsDoubtful"/>; until it is judged, it is.</summary>
        public bool IsDoubtful { get; set; } = true;

        private bool IsSettled { get; set; }

        public IEnumerable<ChainTransfer> OutputsTo(Func<string, bool> isWatched) =>
            IsSettled ? Outputs : Outputs.Where(output => isWatched(output.Recipient));

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
