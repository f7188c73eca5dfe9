using CoinPay.Chains;

namespace CoinPay.Simulation.Chains;

/// <summary>A Bitcoin adapter's view of its node's mempool: who spends what, whether another did before, and what is worth little yet.</summary>
internal sealed class MempoolModel
{
    private readonly Dictionary<string, string> _spenders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _hasConflict = new(StringComparer.Ordinal);

    /// <summary>The result of the last read.</summary>
    public IReadOnlyList<ModelTransaction> Transactions { get; private set; } = [];

    /// <summary>All waiting transfers. A transaction is in conflict once another one was seen spending its coin before.</summary>
    public IEnumerable<ChainTransfer> Read(IReadOnlyList<ModelTransaction> waiting)
    {
        Transactions = [.. waiting];
        foreach (ModelTransaction transaction in waiting.Where(one => !_hasConflict.ContainsKey(one.Hash)))
        {
            _hasConflict[transaction.Hash] = _spenders.ContainsKey(transaction.Coin) || transaction.HasContestedAncestor;
            _spenders[transaction.Coin] = transaction.Hash;
        }
        return
            from one in waiting
            from transfer in one.Transfers
            select transfer with { HasConflict = _hasConflict[one.Hash], IsDoubtful = one.HasLowFee };
    }

    public static IReadOnlyList<Spend> Spends(IEnumerable<ModelTransaction> transactions, Func<string, bool> isWatched) =>
        [.. transactions.Where(one => isWatched(one.Coin)).Select(one => new Spend(one.Coin, one.Hash))];
}
