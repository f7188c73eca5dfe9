namespace CoinPay.Chains;

/// <summary>A chain whose node can tell which addresses were paid in the past.</summary>
public interface IHistorySource
{
    /// <summary>
    /// Reads a part of the chain, from a height on, that a node can search in a few seconds. Throws
    /// <see cref="ChainUnknownException"/> if the node cannot answer now.
    /// </summary>
    Task<HistoryPart> ReadHistoryAsync(IReadOnlyList<string> addresses, long from, CancellationToken cancellation);
}

/// <summary>What a part of the chain says about a list of addresses.</summary>
/// <param name="Paid">The positions of the addresses that were paid.</param>
/// <param name="Next">The height at which the next part begins; null if this one ends at the head.</param>
/// <param name="IsWhole">
/// False if the node has no index of the past, and shows only money that is still there: an address without any may have been
/// paid and emptied.
/// </param>
public sealed record HistoryPart(IReadOnlyList<int> Paid, long? Next, bool IsWhole);
