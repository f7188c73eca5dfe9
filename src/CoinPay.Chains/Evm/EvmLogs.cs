namespace CoinPay.Chains.Evm;

/// <summary>What a node's list of logs is worth.</summary>
internal static class EvmLogs
{
    /// <summary>
    /// Returns each log once: a node, or a proxy that asks several, can repeat them. A log is identified by its block and index; two
    /// different logs under one index make the answer unusable.
    /// </summary>
    public static EvmLog[] Unique(string network, IReadOnlyList<EvmLog> logs)
    {
        Dictionary<(string, long), EvmLog> unique = [];
        foreach (EvmLog log in logs)
        {
            (string, long) id = (log.BlockHash.ToLowerInvariant(), Quantity.Height(log.LogIndex));
            if (!unique.TryAdd(id, log) && !IsSame(unique[id], log))
                throw new ChainUnknownException(network, $"two different logs have index {id.Item2} in block {log.BlockHash}");
        }
        if (unique.Count < logs.Count)
            NodeFaults.Count(network, NodeFaults.RepeatedLogs);
        return [.. unique.Values];
    }

    private static bool IsSame(EvmLog one, EvmLog other) =>
        string.Equals(one.Address, other.Address, StringComparison.OrdinalIgnoreCase)
        && string.Equals(one.TransactionHash, other.TransactionHash, StringComparison.OrdinalIgnoreCase)
        && string.Equals(one.Data, other.Data, StringComparison.OrdinalIgnoreCase)
        && one.Removed == other.Removed
        && one.Topics.SequenceEqual(other.Topics, StringComparer.OrdinalIgnoreCase);
}
