using System.Net;

namespace CoinPay.Functions.Webhooks;

/// <summary>Which URLs may be endpoints. What a name leads to is checked again whenever a connection is made.</summary>
internal static class EndpointUrl
{
    public const int MaxLength = 2048;

    /// <summary>Null when the URL may be used, else what is wrong with it.</summary>
    public static string? Refusal(string text, bool allowLoopback)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            || text.Any(char.IsWhiteSpace)
            || text.Contains('\\', StringComparison.Ordinal))
            return "An absolute https URL.";
        if (url.UserInfo.Length > 0)
            return "No user name or password in the URL: verify the signature instead.";
        if (url.Fragment.Length > 0)
            return "No fragment (#…) in the URL.";
        bool loopback = IsLoopback(url);
        if (loopback && !allowLoopback)
            return "Not an address of this machine.";
        if (url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && loopback))
            return "https only.";
        return !loopback && IPAddress.TryParse(url.IdnHost, out IPAddress? address) && !PublicAddress.IsPublic(address)
            ? "Not a private or reserved address."
            : null;
    }

    private static bool IsLoopback(Uri url) =>
        url.IdnHost.TrimEnd('.').Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(url.IdnHost, out IPAddress? address) && IPAddress.IsLoopback(address));
}
