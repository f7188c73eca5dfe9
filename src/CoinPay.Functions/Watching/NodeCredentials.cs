using System.Net.Http.Headers;
using System.Text;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Secrets;

namespace CoinPay.Functions.Watching;

/// <summary>Reads a node's user and password from the secrets.</summary>
internal sealed class NodeCredentials(ISecrets secrets, string network) : INodeCredentials
{
    private readonly string _user = SecretName.OfNetwork(network, "User");
    private readonly string _password = SecretName.OfNetwork(network, "Password");

    public async ValueTask<AuthenticationHeaderValue?> FindAsync(CancellationToken cancellation)
    {
        if (await secrets.FindAsync(_user, cancellation) is not { } user)
            return null;
        string? password = await secrets.FindAsync(_password, cancellation);
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    public void Refused()
    {
        secrets.Forget(_user);
        secrets.Forget(_password);
    }
}
