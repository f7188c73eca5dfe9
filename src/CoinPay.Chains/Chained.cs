namespace CoinPay.Chains;

/// <summary>
/// Detects a node that switches chains, or a provider whose servers disagree, between two calls of one read.
/// </summary>
internal static class Chained
{
    /// <summary>
    /// Throws unless the blocks are exactly from..to, each the parent of the next, and, if they end at the height of
    /// the head that was last read (if any), end with that block.
    /// </summary>
    public static void Require(Network network, long from, long to, IReadOnlyList<ChainBlock> blocks, ChainHead? head)
    {
        if (blocks.Count != Math.Max(0, to - from + 1))
            throw new ChainUnknownException(network.Name, $"received {blocks.Count} blocks for the heights {from} to {to}");
        for (int i = 0; i < blocks.Count; i++)
        {
            bool follows = blocks[i].Height == from + i && (i == 0 || blocks[i].ParentHash == blocks[i - 1].Hash);
            if (!follows)
                throw new ChainUnknownException(network.Name, $"block {blocks[i].Hash} does not follow the block before it");
        }
        bool headMoved =
            head is not null && blocks.Any(block => block.Height == head.Height && block.Hash != head.Hash);
        if (headMoved)
            throw new ChainUnknownException(network.Name, "the head moved to another branch after it was read");
    }
}
