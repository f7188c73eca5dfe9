using System.Net;
using System.Net.Sockets;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// Decides whether an IP address is on the public internet. Webhooks go nowhere else, so that a merchant's URL cannot
/// reach this gateway's own network, its cloud's metadata address or its neighbours.
/// Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries, column "Globally Reachable" (N/A counts as no), with
/// the entries known in October 2025: https://www.iana.org/assignments/iana-ipv4-special-registry and
/// https://www.iana.org/assignments/iana-ipv6-special-registry (updated 2025-10-09).
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special = Parse(
        // IPv4.
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "240.0.0.0/4",
        // Not in that registry: multicast, and Azure's platform address (DHCP, DNS, health probes).
        "224.0.0.0/4", "168.63.129.16/32",
        // IPv6.
        "::/128", "::1/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10");

    /// <summary>Smaller blocks inside the reserved ones that the registries mark as globally reachable.</summary>
    private static readonly IPNetwork[] Reachable = Parse(
        "192.0.0.9/32", "192.0.0.10/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32",
        "2001:4:112::/48", "2001:20::/28", "2001:30::/28");

    /// <summary>IPv4 through a NAT64 gateway; as reachable as the IPv4 address in its last 32 bits (RFC 6052).</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>IANA has assigned no unicast addresses outside this range.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Treats an IPv4 address written as IPv6 (<c>::ffff:10.0.0.1</c>) as IPv4.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            return false;
        if (address.IsIPv4MappedToIPv6)
            return IsPublic(address.MapToIPv4());
        if (Nat64.Contains(address))
            return IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !GlobalUnicast.Contains(address))
            return false;
        return !IsIn(Special, address) || IsIn(Reachable, address);
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address) =>
        Array.Exists(networks, network => network.Contains(address));

    private static IPNetwork[] Parse(params string[] networks) =>
        [.. networks.Select(network => IPNetwork.Parse(network))];
}
