using CoinPay.Chains;

namespace CoinPay.Functions.Watching;

/// <summary>
/// The outpoints that the views' transactions spend, indexed both ways. Contains only transactions that are in no block,
/// or in one that a reorg can still orphan: it grows and shrinks with the poller's views and has no other transactions.
/// </summary>
internal sealed class SpentOutpoints
{
    private readonly Dictionary<string, Outpoints> _inputs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _spenders = new(StringComparer.Ordinal);

    public bool Contains(string outpoint) => _spenders.ContainsKey(outpoint);

    public Outpoints Of(string transactionHash) => _inputs.GetValueOrDefault(transactionHash, Outpoints.None);

    public void Add(string transactionHash, Outpoints inputs)
    {
        if (inputs.All.Count == 0 || !_inputs.TryAdd(transactionHash, inputs))
            return;
        foreach (string outpoint in inputs.All)
        {
            if (!_spenders.TryGetValue(outpoint, out List<string>? spenders))
                _spenders.Add(outpoint, spenders = []);
            spenders.Add(transactionHash);
        }
    }

    /// <summary>Removes all transactions but these.</summary>
    public void Keep(HashSet<string> transactionHashes)
    {
        foreach (string gone in _inputs.Keys.Where(hash => !transactionHashes.Contains(hash)).ToList())
        {
            _inputs.Remove(gone, out Outpoints? inputs);
            foreach (string outpoint in inputs!.All)
                if (_spenders.TryGetValue(outpoint, out List<string>? spenders) && spenders.Remove(gone) && spenders.Count == 0)
                    _spenders.Remove(outpoint);
        }
    }

    /// <summary>Returns the other transactions that spend this outpoint.</summary>
    public IEnumerable<string> RivalsOf(Spend spend) =>
        (_spenders.GetValueOrDefault(spend.Outpoint) ?? []).Where(rival => rival != spend.TransactionHash);

    /// <summary>Whether another transaction spends one of this one's inputs.</summary>
    public bool HasRival(string transactionHash) =>
        Of(transactionHash).All.Any(outpoint => RivalsOf(new(outpoint, transactionHash)).Any());
}
