using System.Net;
using System.Net.Sockets;

namespace CoinPay.Chains;

/// <summary>
/// Which URLs of nodes may be used. On the way through a public network anybody can read what a plain http connection
/// carries, and change what the node says, so that is for development, loopback and private networks.
/// </summary>
public static class NodeAddress
{
    /// <summary>Source: RFC 1918, 3927, 4193, 4291 and 6598.</summary>
    private static readonly IPNetwork[] Private =
    [
        .. new[] { "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7", "fe80::/10" }
            .Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>Names that no public DNS has. Source: RFC 6761, 6762, 8375 and ICANN's .internal; a container's name has no dot.</summary>
    private static readonly string[] PrivateNames = [".internal", ".local", ".localhost", ".home.arpa", ".lan"];

    /// <summary>Returns what is wrong with a node's URL, without showing it; null if it can be used.</summary>
    public static string? MistakeIn(string text, bool isDevelopment)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
            return "must be an http or https address; user and password have their own settings.";
        return isDevelopment || url.Scheme == "https" || MayBePrivate(url)
            ? null
            : "must be https: only a node on this machine or in a private network can be called over http.";
    }

    /// <summary>Whether an address is on this machine or in a private network.</summary>
    public static bool IsPrivate(IPAddress address) => address.IsIPv4MappedToIPv6
        ? IsPrivate(address.MapToIPv4())
        : Array.Exists(Private, network => network.Contains(address));

    /// <summary>A private name's addresses are looked at as it is connected to.</summary>
    private static bool MayBePrivate(Uri url) => IPAddress.TryParse(url.IdnHost, out IPAddress? address)
        ? IsPrivate(address)
        : !url.IdnHost.Contains('.', StringComparison.Ordinal)
            || Array.Exists(PrivateNames, name => url.IdnHost.EndsWith(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Connects, for plain http only to private addresses.</summary>
    internal static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        if (context.InitialRequestMessage.RequestUri?.Scheme == "http")
            addresses = Array.FindAll(addresses, IsPrivate);
        if (addresses.Length == 0)
            throw new HttpRequestException("the node's address is public: only https can be used");
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
