using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CoinPay.Chains;
using CoinPay.Functions.Platform.Secrets;

namespace CoinPay.Functions.Watching;

/// <summary>Reads a node's URL, headers, user and password from the secrets.</summary>
internal sealed class NodeCredentials(ISecrets secrets, string network, bool isDevelopment) : INodeCredentials
{
    private readonly string _url = SecretName.OfNetwork(network, "Url");
    private readonly string _headers = SecretName.OfNetwork(network, "Headers");
    private readonly string _user = SecretName.OfNetwork(network, "User");
    private readonly string _password = SecretName.OfNetwork(network, "Password");

    public async ValueTask<NodeAccess> FindAsync(CancellationToken cancellation) => new(
        await FindUrlAsync(cancellation), await FindAuthorizationAsync(cancellation), await FindHeadersAsync(cancellation));

    public void Refused()
    {
        foreach (string name in new[] { _url, _headers, _user, _password })
            secrets.Forget(name);
    }

    private async ValueTask<Uri?> FindUrlAsync(CancellationToken cancellation)
    {
        if (await secrets.FindAsync(_url, cancellation) is not { } text)
            return null;
        return NodeAddress.MistakeIn(text, isDevelopment) is { } mistake ? throw Wrong(_url, mistake) : new Uri(text);
    }

    private async ValueTask<AuthenticationHeaderValue?> FindAuthorizationAsync(CancellationToken cancellation)
    {
        if (await secrets.FindAsync(_user, cancellation) is not { } user)
            return null;
        string? password = await secrets.FindAsync(_password, cancellation);
        return new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private async ValueTask<IReadOnlyDictionary<string, string>> FindHeadersAsync(CancellationToken cancellation)
    {
        if (await secrets.FindAsync(_headers, cancellation) is not { } text)
            return NodeAccess.Open.Headers;
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(text)!;
        }
        catch (JsonException)
        {
            throw Wrong(_headers, """must be JSON such as {"x-api-key":"…"}.""");
        }
    }

    /// <summary>Without the cause, which shows the text.</summary>
    private ChainUnknownException Wrong(string secret, string mistake)
    {
        secrets.Forget(secret);
        return new(network, $"the secret {secret} {mistake}");
    }
}
