using System.Net;
using System.Net.Sockets;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>What a name leads to.</summary>
internal delegate Task<IPAddress[]> Resolve(string host, CancellationToken cancellation);

/// <summary>
/// Makes the connections that webhooks go out on: the name is resolved here, every address is checked, and the
/// connection is made to the very addresses that were checked, so that a second look-up cannot lead elsewhere (DNS
/// rebinding). No proxy, no redirects, no cookies.
/// </summary>
internal sealed class WebhookConnection(WebhookTargets targets, Resolve resolve)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    private const int MaxHeadersKiB = 16;

    public HttpClient Client() => new(Handler(), disposeHandler: true)
    {
        // The sender's own limit covers head and body together.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    // Connections to one host are not counted: many merchants' endpoints may be on it, and each has its own limit.
    private SocketsHttpHandler Handler() => new()
    {
        // A merchant's endpoint is told nothing of the operator's traces.
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
        // One address that is not public is enough: whoever mixes them is after something.
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

/// <summary>The endpoint's name leads to an address that webhooks may not go to, or to none.</summary>
internal sealed class AddressRefusedException() : IOException("the name leads to no public address");
