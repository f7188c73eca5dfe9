using CoinPay.Core;

namespace CoinPay.Functions.Tests.Simulation;

/// <summary>
/// That an event rests on what a node has shown: nothing is seen that was never shown, nothing confirmed that was never deep,
/// nothing lost or closed but by a complete reading that says so. While a network is unknown nothing can get worse.
/// </summary>
internal static class EvidenceCheck
{
    public static void Require(World world, AuditedInvoice invoice, InvoiceEvent happened)
    {
        ModelNode node = world.Nodes.Single(node => node.Network.Name == invoice.State.Terms.Network);
        Evidence evidence = node.Evidence;
        Evidence.ShownTransfer? Shown(string key) => evidence.Of(node.RecipientOf(invoice.State.Terms.Address), key);
        string? wrong = happened switch
        {
            TransferSeen { Transfer: var seen } => Seen(Shown(seen.Key), seen) ?? InBlock(node, seen.TransactionHash, seen.Block),
            TransferMoved moved => InBlock(node, moved.Key[..moved.Key.IndexOf('.', StringComparison.Ordinal)], moved.Block),
            TransferConfirmed confirmed => Deep(evidence, invoice.State, confirmed),
            TransferLost lost when Shown(lost.Key) is not { WasGone: true } => "it was never shown to be gone",
            PaymentWindowClosed closed when !evidence.IsComplete(closed.CompletePollBeganAt) => "no complete reading began then",
            PaymentWindowClosed closed when closed.CompletePollBeganAt <= invoice.State.Terms.ExpiresAt => "the price stood then",
            _ => null,
        };
        invoice.Require(wrong is null, $"{happened}: {wrong}");
    }

    private static string? Seen(Evidence.ShownTransfer? shown, Transfer seen)
    {
        if (shown is null)
            return "it was never shown";
        if (shown.Transfer.Amount != seen.Amount || shown.Transfer.Asset.Id != seen.AssetId)
            return "another amount was shown";
        return seen.FirstSeenAt < shown.FirstAt ? "it was not shown before " + shown.FirstAt : null;
    }

    private static string? InBlock(ModelNode node, string transaction, BlockReference? claimed)
    {
        if (claimed is null)
            return null;
        if (node.Chain.BlockEver(claimed.Hash) is not { } block || block.Height != claimed.Height || block.Time != claimed.Time)
            return "there never was such a block";
        return block.Transactions.Any(one => one.Hash == transaction) ? null : "that block never held it";
    }

    private static string? Deep(Evidence evidence, Invoice state, TransferConfirmed confirmed)
    {
        long? height = state.Transfers[confirmed.Key].Block?.Height;
        bool isDeep = state.Terms.Confirmation.Required switch
        {
            { Tag: FinalityTag.Safe } => evidence.Safe >= height,
            { Tag: FinalityTag.Finalized } => evidence.Finalized >= height,
            { Blocks: var blocks } => confirmed.HeadHeight <= evidence.Height && confirmed.HeadHeight - height + 1 >= blocks,
        };
        return isDeep ? null : "it was never shown that deep";
    }
}
