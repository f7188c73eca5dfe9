using System.Net.Http.Headers;

namespace CoinPay.Chains;

/// <summary>What a node's secrets say: where it is, if that is one of them, and what to send along.</summary>
/// <param name="Address">The whole URL; used if the settings say <c>secret</c> instead of a URL.</param>
/// <param name="Authorization">HTTP basic authentication; null for a node without a user.</param>
/// <param name="Headers">Further headers, such as a provider's <c>x-api-key</c>.</param>
public sealed record NodeAccess(Uri? Address, AuthenticationHeaderValue? Authorization, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The setting that says that the URL is a secret.</summary>
    public const string SecretWord = "secret";

    /// <summary>A shorter part of a path is a version or a name, such as <c>v2</c> or <c>mainnet</c>, and no key.</summary>
    private const int ShortestKey = 8;

    private const string Hidden = "(hidden)";

    /// <summary>In place of a network's URL: the URL is a secret.</summary>
    public static Uri SecretAddress { get; } = new("secret:url");

    public static NodeAccess Open { get; } = new(null, null, new Dictionary<string, string>());

    /// <summary>Returns where to call.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="configured">What the settings say.</param>
    /// <exception cref="ChainUnknownException">The URL is a secret that is not set.</exception>
    public Uri AddressFor(string network, Uri configured) => configured != SecretAddress
        ? configured
        : Address ?? throw new ChainUnknownException(network, "the secret with the node's URL is not set");

    /// <summary>
    /// Replaces whatever in a text could be a key: long parts of the URL's path and query, values of headers, and the host of
    /// a URL that is a secret. Nodes and libraries repeat them in their messages.
    /// </summary>
    public string Hide(string text, Uri configured)
    {
        string shown = text;
        foreach (string key in Keys(configured).OrderByDescending(key => key.Length))
            shown = shown.Replace(key, Hidden, StringComparison.OrdinalIgnoreCase);
        return shown;
    }

    private IEnumerable<string> Keys(Uri configured)
    {
        foreach (Uri url in new[] { configured, Address }.OfType<Uri>().Where(url => url != SecretAddress))
            foreach (string part in url.PathAndQuery.Split('/', '?', '&', '=').Where(part => part.Length >= ShortestKey))
            {
                yield return part;
                yield return Uri.UnescapeDataString(part);
            }
        if (configured == SecretAddress && Address is { IsLoopback: false } secret)
            yield return secret.Host;
        foreach (string value in Headers.Values.Where(value => value.Length >= ShortestKey))
            yield return value;
        if (Authorization?.Parameter is { Length: > 0 } password)
            yield return password;
    }
}
