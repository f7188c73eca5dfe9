namespace CoinPay.Chains;

/// <summary>How to get into a node, current at each call: a rotation needs no restart.</summary>
public interface INodeCredentials
{
    /// <exception cref="ChainUnknownException">A secret is not what it must be. The message does not show it.</exception>
    ValueTask<NodeAccess> FindAsync(CancellationToken cancellation);

    /// <summary>
    /// Reports that the node refused them: they might have changed, and must be read again for the next call.
    /// </summary>
    void Refused();
}
