namespace CoinPay.Core;

/// <summary>Compares one transfer in the view with what the invoice has booked of it, if anything.</summary>
internal sealed record TransferChange(Transfer? Booked, ViewedTransfer Viewed, Transfer AsSeen, bool IsDeep, long? HeadHeight)
{
    /// <summary>Returns the events that bring the booked transfer up to the view, in order.</summary>
    public IEnumerable<InvoiceEvent> Events(DateTimeOffset at)
    {
        if (Viewed.Lost is { } how)
        {
            yield return new TransferLost(Viewed.Key, how, at, Viewed.ReplacedBy);
            yield break;
        }
        if (Booked is null)
            yield return new TransferSeen(AsSeen, at);
        else if (IsMove)
            yield return new TransferMoved(Viewed.Key, Viewed.Block, at)
            {
                Amount = Viewed.Amount == Booked.Amount ? null : Viewed.Amount,
                IsAmbiguous = IsAmbiguous == Booked.IsAmbiguous ? null : IsAmbiguous,
            };
        if (IsDeep && (IsMove || Booked?.Status != TransferStatus.Confirmed))
            yield return new TransferConfirmed(Viewed.Key, HeadHeight!.Value, at);
    }

    /// <summary>A person's word outlasts a move; otherwise the new block says whether it is clear.</summary>
    private bool IsAmbiguous => Viewed.IsAmbiguous && !Booked!.IsAttributed;

    private bool IsMove => Booked is null || !Booked.Stands || Booked.Block?.Hash != Viewed.Block?.Hash;

    public bool IsAny => Viewed.Lost is null
        ? IsMove || (IsDeep && Booked!.Status != TransferStatus.Confirmed)
        : Booked is not null && (Booked.Status != Viewed.Lost || Booked.ReplacedBy != Viewed.ReplacedBy);
}

internal static class TransferRules
{
    /// <summary>Returns every transfer whose booked state differs from the view's, oldest first.</summary>
    public static IEnumerable<TransferChange> Changes(Invoice state, View view) =>
        from viewed in view.Transfers
        orderby viewed.FirstSeenAt, viewed.Key
        let change = Compare(state, viewed, view)
        where change.IsAny
        select change;

    private static TransferChange Compare(Invoice state, ViewedTransfer viewed, View view)
    {
        ChainKnowledge? chain = viewed.WrongNetwork is { } network ? view.Others.GetValueOrDefault(network) : view.Chain;
        RequiredDepth required = DepthOf(state.Terms, viewed);
        bool isDeep = chain is not null
            && (viewed.Block is { } block ? chain.IsDeep(block.Height, required) : required.AcceptsUnconfirmed);
        return new(state.Transfers.GetValueOrDefault(viewed.Key), viewed, AsSeen(state, viewed), isDeep, chain?.Height);
    }

    /// <summary>
    /// Each network has its own depth. One that was listed only after the invoice's creation has none in the terms, so
    /// its money waits for what no reorg removes.
    /// </summary>
    private static RequiredDepth DepthOf(InvoiceTerms terms, ViewedTransfer viewed) => viewed.WrongNetwork is { } network
        ? viewed.AtLeastMature(terms.DepthElsewhere.GetValueOrDefault(network) ?? RequiredDepth.Of(FinalityTag.Finalized))
        : terms.Confirmation.For(viewed);

    private static Transfer AsSeen(Invoice state, ViewedTransfer viewed) => new()
    {
        Key = viewed.Key,
        TransactionHash = viewed.TransactionHash,
        Ordinal = viewed.Ordinal,
        AssetId = viewed.AssetId,
        From = viewed.From,
        Amount = viewed.Amount,
        FirstSeenAt = viewed.FirstSeenAt,
        Block = viewed.Block,
        WrongNetwork = viewed.WrongNetwork,
        IsAmbiguous = viewed.IsAmbiguous,
        Status = viewed.Block is null ? TransferStatus.Seen : TransferStatus.Confirming,
        OnTime = state.IsOnTime(viewed.FirstSeenAt) || state.IsOnTime(viewed.Block?.Time),
    };
}
