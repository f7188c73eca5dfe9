using System.Globalization;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Simulation.Chains;

namespace CoinPay.Simulation.Checks;

/// <summary>
/// That an event rests on what a node has shown: nothing is seen that was never shown, nothing confirmed that was never deep,
/// nothing lost or closed but by a complete reading that says so. While a network is unknown nothing can get worse.
/// </summary>
internal static class EvidenceCheck
{
    public static void Require(World world, AuditedInvoice invoice, InvoiceEvent happened)
    {
        Invoice state = invoice.State;
        string? wrong = happened switch
        {
            TransferSeen { Transfer: var seen } => Seen(Place.Of(world, state, seen.Key), seen),
            TransferMoved moved => InBlock(Place.Of(world, state, moved.Key), moved.Block),
            TransferConfirmed confirmed => Deep(Place.Of(world, state, confirmed.Key), state, confirmed),
            TransferLost lost => Lost(Place.Of(world, state, lost.Key), lost.ReplacedBy),
            PaymentWindowClosed closed => Closed(Place.Of(world, state, null).Node.Evidence, state, closed.CompletePollBeganAt),
            LateRateJudged judged => Judged(world, state.Terms, judged),
            _ => null,
        };
        invoice.Require(wrong is null, $"{happened}: {wrong}");
    }

    /// <summary>What the node first showed of a transfer that was seen.</summary>
    public static ChainTransfer? Shown(World world, Invoice state, InvoiceEvent happened) =>
        happened is TransferSeen seen ? Place.Of(world, state, seen.Transfer.Key).Shown?.Transfer : null;

    private static string? Seen(Place place, Transfer seen)
    {
        if (place.Shown is not { } shown)
            return "it was never shown";
        if (shown.Transfer.Amount != seen.Amount || shown.Transfer.Asset.Id != seen.AssetId)
            return "another amount was shown";
        return seen.FirstSeenAt < shown.FirstAt ? "it was not shown before " + shown.FirstAt : InBlock(place, seen.Block);
    }

    private static string? InBlock(Place place, BlockReference? claimed)
    {
        if (claimed is null)
            return null;
        if (place.Node.Chain.BlockEver(claimed.Hash) is not { } block || block.Height != claimed.Height || block.Time != claimed.Time)
            return "there never was such a block";
        return block.Transactions.Any(one => one.Hash == place.TransactionHash) ? null : "that block never held it";
    }

    private static string? Deep(Place place, Invoice state, TransferConfirmed confirmed)
    {
        Evidence evidence = place.Node.Evidence;
        // A reading that was lost before it was stored leaves no suspicion.
        bool isSuspect = place.Shown is { Transfer.HasConflict: true } or { Transfer.IsDoubtful: true }
            && place.Shown.FirstAt == state.Transfers[confirmed.Key].FirstSeenAt;
        ConfirmationPolicy policy = state.Terms.Confirmation;
        RequiredDepth required = state.Transfers[confirmed.Key].WrongNetwork is { } elsewhere ? state.Terms.DepthElsewhere[elsewhere]
            : isSuspect ? policy.InConflict ?? policy.Required
            : policy.Required;
        if (place.Shown is { Transfer.Maturity: var maturity and > 0 } && required.Blocks < maturity)
            required = RequiredDepth.OfBlocks(maturity);
        if (state.Transfers[confirmed.Key].Block?.Height is not { } height)
            return required.AcceptsUnconfirmed ? null : "it is in no block";
        bool isDeep = required switch
        {
            { Tag: FinalityTag.Safe } => evidence.Safe >= height,
            { Tag: FinalityTag.Finalized } => evidence.Finalized >= height,
            { Blocks: var blocks } => confirmed.HeadHeight <= evidence.Height && confirmed.HeadHeight - height + 1 >= blocks,
        };
        return isDeep ? null : "it was never shown that deep";
    }

    private static string? Lost(Place place, string? replacedBy)
    {
        bool wasReplaced = replacedBy is not null && place.Node.Evidence.HasMined(replacedBy);
        if (place.Shown is not { WasGone: true } && !wasReplaced)
            return "it was never shown to be gone";
        ModelNetwork chain = place.Node.Chain;
        return replacedBy is null || chain.CoinOf(replacedBy) == chain.CoinOf(place.TransactionHash) ? null : "that spends something else";
    }

    private static string? Closed(Evidence evidence, Invoice state, DateTimeOffset began)
    {
        if (!evidence.IsComplete(began))
            return "no complete reading began then";
        if (evidence.IsStalled(began))
            return "finality stood still then";
        return began <= (state.TopUp?.Until ?? state.Terms.ExpiresAt) ? "the price stood then" : null;
    }

    private static string? Judged(World world, InvoiceTerms terms, LateRateJudged judged)
    {
        if (terms.Late != LatePolicy.AcceptIfRateWithin)
            return "nobody asked for it";
        if (terms.Quote.Rate is not { } locked)
            return judged is { IsAccepted: true, Now: null } ? null : "no rate can move";
        if (judged.Now is not { } now || !world.Rates.Said(terms.Due.Asset.Symbol, now.Value))
            return "nobody said such a rate";
        decimal was = decimal.Parse(locked.Value, CultureInfo.InvariantCulture), isNow = decimal.Parse(now.Value, CultureInfo.InvariantCulture);
        return judged.IsAccepted == (Math.Abs(isNow - was) / was <= terms.LateRatePercent / 100) ? null : $"from {was} to {isNow}";
    }

    /// <summary>Where a booked transfer, or with no key the invoice, is on the chains.</summary>
    private sealed record Place(ModelNode Node, string TransactionHash, Evidence.ShownTransfer? Shown)
    {
        public static Place Of(World world, Invoice state, string? key)
        {
            ModelNode node = world.NodeOf((key is null ? null : state.Transfers[key].WrongNetwork) ?? state.Terms.Network);
            // Elsewhere than on the invoice's own network, the key says where.
            string own = key is null ? "" : key.Split('@')[0];
            return new(node, own.Split('.')[0], node.Evidence.Of(node.RecipientOf(state.Terms.Address), own));
        }
    }
}
