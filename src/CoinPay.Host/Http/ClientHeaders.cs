using System.Net;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Host.Http;

/// <summary>
/// Removes headers that only a platform can set: who is signed in, which invocation a request belongs to, and where it came from. A trusted
/// proxy's <c>X-Forwarded-*</c> stay. The app then finds the peer as the last entry of <c>X-Forwarded-For</c>.
/// </summary>
internal sealed class ClientHeaders(IReadOnlyList<IPNetwork> trustedProxies)
{
    private const string Principal = "x-ms-client-principal";
    private const string Forwarded = "X-Forwarded-";
    private const string ForwardedFor = Forwarded + "For";
    private const string ForwardedHost = Forwarded + "Host";
    private const string ForwardedProto = Forwarded + "Proto";

    public void Clean(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        IPAddress? peer = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4()
            : context.Connection.RemoteIpAddress;
        bool isTrusted = peer is not null && trustedProxies.Any(proxy => proxy.Contains(peer));
        foreach (string name in headers.Keys.Where(name => IsForged(name, isTrusted)).ToArray())
            headers.Remove(name);
        headers.Append(ForwardedFor, peer?.ToString());
        if (!headers.ContainsKey(ForwardedHost))
            headers[ForwardedHost] = context.Request.Host.Value;
        if (!headers.ContainsKey(ForwardedProto))
            headers[ForwardedProto] = context.Request.Scheme;
    }

    private static bool IsForged(string name, bool isTrusted) =>
        name.StartsWith(Principal, StringComparison.OrdinalIgnoreCase)
        || name.Equals(RequestForwarder.InvocationId, StringComparison.OrdinalIgnoreCase)
        || (!isTrusted && (name.StartsWith(Forwarded, StringComparison.OrdinalIgnoreCase) || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)));
}
