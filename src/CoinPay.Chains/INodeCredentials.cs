using System.Net.Http.Headers;

namespace CoinPay.Chains;

/// <summary>A node's user and password, as they are at each call: a rotation needs no restart.</summary>
public interface INodeCredentials
{
    /// <summary>HTTP basic authentication; null for a node without a user.</summary>
    ValueTask<AuthenticationHeaderValue?> FindAsync(CancellationToken cancellation);

    /// <summary>The node has refused them: they may have changed, and must be read again for the next call.</summary>
    void Refused();
}
