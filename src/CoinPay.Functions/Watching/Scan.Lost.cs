using CoinPay.Chains;
using CoinPay.Core;

namespace CoinPay.Functions.Watching;

// How a transfer ceases to stand: nowhere any more, or another transaction spends what it spent.
internal sealed partial class Scan
{
    /// <summary>
    /// Whether a standing transfer is in no block and not among <paramref name="shown"/> either, or it can be told now
    /// what took the place of one that is lost.
    /// </summary>
    public bool HasMissing(HashSet<string> shown, IReadOnlyList<Spend> mempool) =>
        Missing(shown).Any() || mempool.Any(spend => Replaceable(spend, isMined: false).Any());

    /// <summary>
    /// What is nowhere any more was replaced by the transaction that spends its inputs, where one is seen to. Otherwise
    /// what a block held before is reorged, and what only the mempool held is replaced by nobody knows what.
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
    /// Notes that a transaction spends an input of ours that no block holds. In a block it is final, until a reorg; in the
    /// mempool it only says why what is lost was lost, and the first to say so is enough.
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
