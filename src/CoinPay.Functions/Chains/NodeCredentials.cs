using System.Net.Http.Headers;
using System.Text;
using CoinPay.Functions.Settings;

namespace CoinPay.Functions.Chains;

/// <summary>A node's user and password, as the secrets have them at each call: a rotation needs no restart.</summary>
internal sealed class NodeCredentials(ISecrets secrets, string network)
{
    private readonly string _user = SecretName.OfNetwork(network, "User");
    private readonly string _password = SecretName.OfNetwork(network, "Password");

    /// <summary>HTTP basic authentication; null for a node without a user.</summary>
    public async ValueTask<AuthenticationHeaderValue?> FindAsync(CancellationToken cancellation)
    {
        if (await secrets.FindAsync(_user, cancellation) is not { } user)
            return null;
        string? password = await secrets.FindAsync(_password, cancellation);
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>The node has refused them: they may have changed, and are read anew for the next call.</summary>
    public void Refused()
    {
        secrets.Forget(_user);
        secrets.Forget(_password);
    }
}
