using System.Net;
using System.Net.Sockets;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Resolves a host name.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellation);

/// <summary>
/// Makes the connections for webhooks: it resolves the name, checks every address, and connects only to the checked
/// addresses, so that a second look-up cannot lead elsewhere (DNS rebinding). No proxy, no redirects, no cookies.
/// </summary>
internal sealed class WebhookConnection(WebhookTargets targets, Resolve resolve)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    private const int MaxHeadersKiB = 16;

    public HttpClient Client() => new(Handler(), disposeHandler: true)
    {
        // The sender's own limit covers headers and body together.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    // Connections per host are not limited: a host can have many merchants' endpoints, and each has its own limit.
    private SocketsHttpHandler Handler() => new()
    {
        // Do not send the operator's trace headers to a merchant's endpoint.
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, cancellation),
        ConnectTimeout = ConnectTimeout,
        MaxResponseHeadersLength = MaxHeadersKiB,
        PooledConnectionLifetime = Lifetime,
        UseCookies = false,
        UseProxy = false,
    };

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellation)
    {
        IPAddress[] addresses = await resolve(target.Host, cancellation);
        // One non-public address is enough to refuse: mixing them suggests an attack.
        if (addresses.Length == 0 || !addresses.All(address => targets.Allows(address, target.Port)))
            throw new AddressRefusedException();
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The endpoint's name resolves to a forbidden address, or to none.</summary>
internal sealed class AddressRefusedException() : IOException("the name does not resolve to a public address");
