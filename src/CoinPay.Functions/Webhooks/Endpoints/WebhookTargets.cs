using System.Net;
using System.Net.NetworkInformation;
using CoinPay.Functions.Platform;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// Decides where webhooks may go: https to a public host that is not this one, on ports 443 and 8443 and others the settings
/// allow; also to loopback if a development machine allows it. A URL is checked when it is set and at each send; the
/// addresses its name resolves to are checked at each connection.
/// </summary>
internal sealed class WebhookTargets(GatewaySettings settings)
{
    public const int MaxLength = 2048;

    /// <summary>Returns null if the URL may be used, otherwise what is wrong with it.</summary>
    public string? Refusal(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url)
            || text.Any(char.IsWhiteSpace)
            || text.Contains('\\', StringComparison.Ordinal)
            || url.HostNameType is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
            return "An absolute https URL.";
        // Some resolvers read full-width digits and the like as 127.0.0.1.
        if (!System.Text.Ascii.IsValid(text))
            return "ASCII only: encode an international name as xn--…, anything else as %…";
        if (url.UserInfo.Length > 0 || url.Authority.Contains('@', StringComparison.Ordinal))
            return "No user name or password in the URL: verify the signature instead.";
        if (url.Fragment.Length > 0)
            return "No fragment (#…) in the URL.";
        string host = url.IdnHost.TrimEnd('.');
        return IPAddress.TryParse(host, out IPAddress? address)
            ? Refusal(url, address)
            : Refusal(url, host);
    }

    /// <summary>Returns true if a connection to this address is allowed.</summary>
    public bool Allows(IPAddress address, int port) => IPAddress.IsLoopback(address)
        ? AllowsLoopback(port)
        : settings.WebhookPorts.Contains(port) && PublicAddress.IsPublic(address) && !IsOwn(address);

    private string? Refusal(Uri url, IPAddress address) => IPAddress.IsLoopback(address) switch
    {
        true => RefusalOfLoopback(url),
        false when !PublicAddress.IsPublic(address) => "Not a private or reserved address.",
        false when IsOwn(address) => "Not an address of this machine.",
        false => RefusalOfForm(url),
    };

    private string? Refusal(Uri url, string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return RefusalOfLoopback(url);
        if (settings.OwnHosts.Contains(host))
            return "Not this gateway's own name.";
        return host.Contains('.', StringComparison.Ordinal) ? RefusalOfForm(url) : "A fully qualified host name, such as shop.example.";
    }

    private string? RefusalOfLoopback(Uri url) =>
        AllowsLoopback(url.Port) && url.Scheme is "https" or "http" ? null : "Not an address of this machine.";

    private string? RefusalOfForm(Uri url) => url.Scheme != Uri.UriSchemeHttps ? "https only."
        : settings.WebhookPorts.Contains(url.Port) ? null
        : $"Port {string.Join(" or ", settings.WebhookPorts.Order())} only.";

    private bool AllowsLoopback(int port) => settings.WebhooksAllowLoopback && !settings.OwnPorts.Contains(port);

    private static bool IsOwn(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Any(own => own.Address.Equals(plain));
    }
}
