using System.Net;
using System.Net.Sockets;
using CoinPay.Functions.Settings;

namespace CoinPay.Functions.Webhooks;

/// <summary>
/// Makes the connections that webhooks go out on: the name is resolved here, every address is checked, and the
/// connection is made to the very address that was checked, so that a second look-up cannot lead elsewhere (DNS
/// rebinding). No proxy, no redirects, no cookies.
/// </summary>
internal static class WebhookConnection
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);
    private const int MaxConnectionsPerServer = 8;
    private const int MaxHeadersKiB = 16;

    public static HttpClient Client(GatewaySettings settings) => new(Handler(settings), disposeHandler: true)
    {
        // The sender's own limit covers head and body together.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static SocketsHttpHandler Handler(GatewaySettings settings) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = (context, cancellation) =>
            ConnectAsync(context.DnsEndPoint, settings.WebhooksAllowLoopback, cancellation),
        ConnectTimeout = ConnectTimeout,
        MaxConnectionsPerServer = MaxConnectionsPerServer,
        MaxResponseHeadersLength = MaxHeadersKiB,
        PooledConnectionLifetime = Lifetime,
        UseCookies = false,
        UseProxy = false,
    };

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint target, bool allowLoopback, CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        IPAddress[] allowed = [.. addresses.Where(address =>
            PublicAddress.IsPublic(address) || (allowLoopback && IPAddress.IsLoopback(address)))];
        if (allowed.Length == 0)
            throw new AddressRefusedException();
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The endpoint's name leads to no address that webhooks may go to.</summary>
internal sealed class AddressRefusedException() : IOException("the name leads to no public address");
