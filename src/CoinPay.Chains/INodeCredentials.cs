using System.Net.Http.Headers;

namespace CoinPay.Chains;

/// <summary>A node's user and password, current at each call: a rotation needs no restart.</summary>
public interface INodeCredentials
{
    /// <summary>HTTP basic authentication; null for a node without a user.</summary>
    ValueTask<AuthenticationHeaderValue?> FindAsync(CancellationToken cancellation);

    /// <summary>
    /// Reports that the node refused them: they might have changed, and must be read again for the next call.
    /// </summary>
    void Refused();
}
