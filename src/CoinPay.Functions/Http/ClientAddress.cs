using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CoinPay.Functions.Http;

/// <summary>
/// The client that sent a request: the address of its connection or, if that is a trusted proxy, the last address in
/// <c>X-Forwarded-For</c> that is not one. Anything that a client writes into that header itself comes before what the
/// proxies append and is never reached.
/// </summary>
internal static class ClientAddress
{
    private const string ForwardedFor = "X-Forwarded-For";
    private const int MaxHops = 20;

    public static IPAddress Of(HttpContext http, IReadOnlyList<IPNetwork> trustedProxies)
    {
        IPAddress address = Plain(http.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!IsTrusted(address, trustedProxies))
            return address;
        foreach (string hop in Hops(http.Request.Headers[ForwardedFor]))
        {
            if (Parse(hop) is not { } before)
                return address;
            address = before;
            if (!IsTrusted(address, trustedProxies))
                return address;
        }
        return address;
    }

    /// <summary>Returns what counts as one client: an IPv4 address, or an IPv6 /64, all of which one customer owns.</summary>
    public static string PartitionOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
        : address.ToString();

    private static IEnumerable<string> Hops(StringValues header) =>
        header.ToString().Split(',', StringSplitOptions.TrimEntries).Reverse().Take(MaxHops);

    private static bool IsTrusted(IPAddress address, IReadOnlyList<IPNetwork> proxies)
    {
        foreach (IPNetwork proxy in proxies)
            if (proxy.Contains(address))
                return true;
        return false;
    }

    // Azure's front end writes 203.0.113.9:54321 and [2001:db8::1]:54321.
    private static IPAddress? Parse(string hop) =>
        IPEndPoint.TryParse(hop, out IPEndPoint? end) ? Plain(end.Address) : null;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
