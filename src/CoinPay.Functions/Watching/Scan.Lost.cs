using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

// How a transfer is lost: it is no longer anywhere, or another transaction spends its inputs.
internal sealed partial class Scan
{
    /// <summary>
    /// Whether a transfer is in no block, not in <paramref name="shown"/> and not yet marked as lost, or the replacement of a
    /// lost one is now known.
    /// </summary>
    public bool HasMissing(HashSet<string> shown, IReadOnlyList<Spend> mempool) =>
        Missing(shown).Any() || mempool.Any(spend => Replaceable(spend, isMined: false).Any());

    /// <summary>
    /// Marks missing transfers as lost: replaced by the transaction that spends their inputs, if one is seen. Otherwise a
    /// transfer that was in a block is reorged, and one that was only in the mempool is replaced by an unknown transaction.
    /// </summary>
    public void LoseMissing(HashSet<string> shown, IReadOnlyList<Spend> mempool)
    {
        foreach (((string InvoiceId, string Key) id, ViewedTransfer transfer) in Missing(shown).ToList())
            _changed[id] = transfer with
            {
                Lost = memory.Orphaned.Remove(id) ? TransferStatus.Reorged : TransferStatus.Replaced,
            };
        foreach (Spend spend in mempool)
            Replace(spend, isMined: false);
    }

    /// <summary>
    /// Records that a transaction spends an input of one of our unmined transfers. In a block this is final, until a reorg; in
    /// the mempool it only explains why a lost transfer was lost, and the first explanation is enough.
    /// </summary>
    public void Replace(Spend spend, bool isMined)
    {
        foreach (((string, string) id, ViewedTransfer transfer) in Replaceable(spend, isMined).ToList())
            _changed[id] = transfer with { Lost = TransferStatus.Replaced, ReplacedBy = spend.TransactionHash };
    }

    private IEnumerable<KeyValuePair<(string InvoiceId, string Key), ViewedTransfer>> Replaceable(Spend spend, bool isMined) =>
        from rival in memory.Inputs.RivalsOf(spend)
        from view in All()
        where view.Value.TransactionHash == rival
        where isMined
            ? view.Value.Block is null && view.Value.ReplacedBy != spend.TransactionHash
            : view.Value is { Lost: not null, ReplacedBy: null }
        select view;

    private IEnumerable<KeyValuePair<(string InvoiceId, string Key), ViewedTransfer>> Missing(HashSet<string> shown) =>
        All().Where(view => view.Value is { Block: null, Lost: null } && !shown.Contains(view.Key.Key));
}
