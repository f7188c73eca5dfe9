using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using CoinPay.Functions.Webhooks.Deliveries;
using CoinPay.Functions.Webhooks.Endpoints;
using CoinPay.Testing.Gateway;
using CoinPay.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace CoinPay.Functions.Tests.Webhooks;

/// <summary>
/// URLs by which a merchant would have the gateway call what only the gateway can reach. None becomes an endpoint; and
/// were one stored all the same, nothing leaves: neither a listening socket on this machine hears anything, nor is a
/// connection begun. {port} is the socket's, and webhooks may go there.
/// </summary>
public sealed class HostileUrlTests
{
    /// <summary>Not a public one, by the registries, as it is written and as a name leads to it.</summary>
    private static readonly string[] Addresses =
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1",
        "127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.8",
        "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:168.63.129.16",
        "::127.0.0.1", "::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a83f:8110", "64:ff9b:1::1",
        "100::1", "100:0:0:1::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:db8::1",
        "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
        "ff02::1", "4000::1",
    ];

    private static readonly string[] Urls =
    [
        // Odd notations of 127.0.0.1, 192.168.0.1 and 169.254.169.254.
        "https://0177.0.0.1:{port}/", "https://017700000001:{port}/", "https://2130706433:{port}/",
        "https://0x7f000001:{port}/", "https://0x7f.0.0.1:{port}/", "https://0x7f.1:{port}/", "https://127.1:{port}/",
        "https://127.0.1:{port}/", "https://0:{port}/", "https://0x0:{port}/", "https://0X7F.0x00.0x00.0x01:{port}/",
        "https://0300.0250.0.1:{port}/", "https://3232235521:{port}/", "https://2852039166:{port}/",
        "https://0xa9fea9fe:{port}/", "https://127.0.0.1.:{port}/", "https://127.1.:{port}/",
        "https://2130706433.:{port}/", "https://１２７.0.0.1:{port}/", "https://①②⑦.⓪.⓪.①:{port}/",
        "https://127。0。0。1:{port}/", "https://%31%32%37.0.0.1:{port}/", "https://shop。example:22/", "https://[0:0:0:0:0:0:0:1]:{port}/",
        "https://[::ffff:7f00:1]:{port}/", "https://[::FFFF:127.0.0.1]:{port}/", "https://[fe80::1%25lo]:{port}/",
        "https://[64:ff9b::7f00:1]:{port}/",
        // Somebody else's name before or behind.
        "https://shop.example@127.0.0.1:{port}/", "https://127.0.0.1@shop.example:{port}/", "https://@127.0.0.1:{port}/",
        "https://shop.example:443@127.0.0.1:{port}/", "https://127.0.0.1:{port}\\@shop.example/",
        "https://shop.example\\@127.0.0.1:{port}/", "https://127.0.0.1:{port}/#@shop.example",
        // Other schemes.
        "http://shop.example/", "http://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_PING", "ws://127.0.0.1:{port}/", "javascript:alert(1)", "data:text/plain,x",
        "//127.0.0.1:{port}/", "127.0.0.1:{port}", "https:/127.0.0.1:{port}", "https://", "https://:{port}/",
        // This machine and its neighbours by name, this gateway itself.
        "https://localhost:{port}/", "https://LOCALHOST.:{port}/", "https://a.localhost:{port}/", "https://intranet:{port}/",
        "https://metadata:{port}/", "https://gateway.example:{port}/", "https://pay.gateway.example:{port}/",
        "https://GATEWAY.example.:{port}/",
        "https://loop.example:{port}/", "https://mixed.example:{port}/", "https://nowhere.example:{port}/",
        // Ports that speak something else.
        "https://shop.example:22/", "https://shop.example:25/", "https://shop.example:80/", "https://shop.example:6379/",
        "https://shop.example:65535/", "https://shop.example:0/",
        // White space and lines.
        " https://127.0.0.1:{port}/", "https://127.0.0.1:{port}/\t", "https://127.0.0.1:{port}/\r\nHost: shop.example",
        "https://127.0.0.1:{port}/ HTTP/1.1",
    ];

    /// <summary>Names whose look-up only shows that they are hostile: they may become endpoints.</summary>
    private static readonly string[] OnlyByLookUp = ["loop.example", "mixed.example", "nowhere.example"];

    [Fact]
    public async Task No_hostile_URL_becomes_an_endpoint_or_is_ever_called()
    {
        using Ear ear = new();
        await using Edge edge = await StrictAsync(ear.Port, Names);
        (_, string key) = await edge.MerchantAsync(livemode: true);
        string[] hostile = [.. Urls, .. Addresses.Select(UrlOf), .. OwnAddresses().Select(UrlOf)];
        Assert.True(hostile.Length >= 60);
        foreach (string url in hostile.Select(url => url.Replace("{port}", $"{ear.Port}", StringComparison.Ordinal)))
        {
            EdgeAnswer asked = await edge.CallAsync<CreateWebhookEndpoint>(
                (function, request) => function.Run(request, default), key, new { url });
            if (!OnlyByLookUp.Any(name => url.Contains(name, StringComparison.Ordinal)))
                Assert.True(asked.Status == HttpStatusCode.BadRequest, $"{url}: {asked.Text}");
            if (Uri.TryCreate(url, UriKind.Absolute, out Uri? stored))
                await IsNotSentAsync(edge, stored);
        }
        Assert.Equal(0, await ear.HeardAsync());
    }

    [Fact]
    public async Task A_name_that_leads_to_an_address_that_is_not_public_is_not_connected_to()
    {
        using Ear ear = new();
        foreach (string address in Addresses.Concat(OwnAddresses()))
        {
            await using Edge edge = await StrictAsync(
                ear.Port, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
            await IsRefusedAsync(edge, new($"https://shop.example:{ear.Port}/"));
        }
        Assert.Equal(0, await ear.HeardAsync());
    }

    [Fact]
    public async Task A_second_look_up_cannot_lead_elsewhere()
    {
        using Ear good = new();
        using Ear bad = new(OwnAddresses().Select(IPAddress.Parse).FirstOrDefault() ?? IPAddress.Parse("127.0.0.2"), good.Port);
        int lookUps = 0;
        // Development allows loopback, and nothing else of this machine: the socket on the other address stays silent.
        await using Edge edge = await EdgeAsync(
            (_, _) => Task.FromResult<IPAddress[]>([++lookUps == 1 ? IPAddress.Loopback : bad.Address]),
            ("CoinPay:Webhooks:AllowLoopback", "true"));
        await SendAsync(edge, new($"http://localhost:{good.Port}/"));
        Assert.Equal((1, 1, 0), (lookUps, await good.HeardAsync(), await bad.HeardAsync()));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        using Ear ear = new();
        await using AnsweringEndpoint endpoint = await AnsweringEndpoint.StartAsync();
        endpoint.AlwaysAnswer(
            status, ("Location", $"http://127.0.0.1:{ear.Port}/"), ("Refresh", $"0; url=http://127.0.0.1:{ear.Port}/"));
        await using Edge edge = await EdgeAsync(Dns.GetHostAddressesAsync, ("CoinPay:Webhooks:AllowLoopback", "true"));

        DeliveryAttempt attempt = await SendAsync(edge, endpoint.Url);

        Assert.Equal((status, false, 0), (attempt.Status, attempt.Succeeded, await ear.HeardAsync()));
        Assert.Single(endpoint.Posts);
    }

    [Fact]
    public async Task No_proxy_of_the_environment_is_asked()
    {
        using Ear proxy = new();
        IWebProxy before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new ProxyFor("nowhere.example", new($"http://127.0.0.1:{proxy.Port}"));
        try
        {
            using HttpClient ordinary = new() { Timeout = TimeSpan.FromSeconds(60) };
            await Assert.ThrowsAnyAsync<Exception>(() => ordinary.GetAsync(new Uri("http://nowhere.example/")));
            int heard = await proxy.HeardAsync();
            Assert.True(heard > 0);

            await using Edge edge = await StrictAsync(443, Names);
            await IsRefusedAsync(edge, new("https://nowhere.example/"));
            Assert.Equal(heard, await proxy.HeardAsync());
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }
    }

    [Fact]
    public async Task In_development_this_gateways_own_port_is_no_endpoint()
    {
        using Ear ear = new();
        await using Edge edge = await EdgeAsync(
            Dns.GetHostAddressesAsync,
            ("CoinPay:Webhooks:AllowLoopback", "true"), ("ASPNETCORE_URLS", $"http://127.0.0.1:{ear.Port};http://[::1]:1/"));
        Assert.Equal(
            "Not an address of this machine.", edge.Get<WebhookTargets>().Refusal($"http://127.0.0.1:{ear.Port}/v1/merchants"));
        await IsNotSentAsync(edge, new($"http://127.0.0.1:{ear.Port}/"));
        Assert.Equal(0, await ear.HeardAsync());
    }

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("192.0.0.9")]
    [InlineData("192.0.0.10")]
    [InlineData("192.31.196.1")]
    [InlineData("192.52.193.1")]
    [InlineData("192.175.48.1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2001:1::1")]
    [InlineData("2001:3::1")]
    [InlineData("2001:4:112::1")]
    [InlineData("2001:20::1")]
    [InlineData("2001:30::1")]
    [InlineData("2620:4f:8000::1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("::ffff:8.8.8.8")]
    public void What_the_registries_mark_as_globally_reachable_is_public(string address) =>
        Assert.True(PublicAddress.IsPublic(IPAddress.Parse(address)));

    private static Task<IPAddress[]> Names(string host, CancellationToken cancellation) => host switch
    {
        _ when IPAddress.TryParse(host, out IPAddress? address) => Task.FromResult<IPAddress[]>([address]),
        "mixed.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Loopback]),
        "nowhere.example" => Task.FromResult<IPAddress[]>([]),
        _ => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
    };

    private static string UrlOf(string address) =>
        address.Contains(':', StringComparison.Ordinal) ? $"https://[{address}]:{{port}}/" : $"https://{address}:{{port}}/";

    private static IEnumerable<string> OwnAddresses() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(own => own.Address)
        .Where(address => !IPAddress.IsLoopback(address) && address.ScopeIdIsNone())
        .Select(address => address.ToString());

    /// <summary>As in production: https only, no loopback.</summary>
    private static Task<Edge> StrictAsync(int port, Resolve resolve) => EdgeAsync(
        resolve,
        ("AZURE_FUNCTIONS_ENVIRONMENT", "Production"), ("CoinPay:Webhooks:AllowLoopback", "false"),
        ("CoinPay:Webhooks:Ports", $"{port}"), ("WEBSITE_HOSTNAME", "gateway.example"),
        ("CoinPay:PublicUrl", "https://pay.gateway.example"));

    private static Task<Edge> EdgeAsync(Resolve resolve, params (string, string)[] settings)
    {
        FakeTimeProvider clock = new(DateTimeOffset.UtcNow);
        return Edge.StartAsync(
            new EdgeStorage(clock), null, clock,
            services => services.Replace(ServiceDescriptor.Singleton(resolve)), settings);
    }

    private static async Task<DeliveryAttempt> SendAsync(Edge edge, Uri url)
    {
        (string merchant, string key) = await edge.MerchantAsync();
        (string id, _) = await edge.EndpointAsync(key, new("https://shop.example/hook"));
        WebhookEndpoint endpoint = (await edge.Get<EndpointStore>().ReadAsync(merchant, id, default))!;
        return await edge.Get<WebhookSender>().SendAsync(
            endpoint with { Url = url }, DeliveryWorld.EventOf(edge, merchant), default);
    }

    private static async Task IsNotSentAsync(Edge edge, Uri url)
    {
        DeliveryAttempt attempt = await SendAsync(edge, url);
        bool refused = attempt.Answer.StartsWith("not sent: ", StringComparison.Ordinal)
            || attempt.Answer == new AddressRefusedException().Message;
        Assert.True(attempt.Status is null && refused, $"{url}: {JsonSerializer.Serialize(attempt)}");
    }

    /// <summary>By the connection itself, whatever was checked before it.</summary>
    private static async Task IsRefusedAsync(Edge edge, Uri url)
    {
        using HttpClient http = edge.Get<WebhookConnection>().Client();
        using StringContent body = new("{}");
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.PostAsync(url, body));
        Assert.IsType<AddressRefusedException>(refused.InnerException);
    }

    /// <summary>A socket that counts who connects, and hangs up.</summary>
    private sealed class Ear : IDisposable
    {
        private readonly TcpListener _listener;
        private int _heard;
        private int _own;

        public Ear(IPAddress? address = null, int port = 0)
        {
            Address = address ?? IPAddress.Loopback;
            _listener = new(Address, port);
            _listener.Start();
            _ = ListenAsync();
        }

        public IPAddress Address { get; }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>How many have connected: whoever came before a caller of our own, who waits in the same line.</summary>
        public async Task<int> HeardAsync()
        {
            using TcpClient own = new();
            await own.ConnectAsync(Address, Port);
            int read = await own.GetStream().ReadAsync(new byte[1]);
            Assert.Equal(0, read);
            return Volatile.Read(ref _heard) - ++_own;
        }

        public void Dispose() => _listener.Dispose();

        private async Task ListenAsync()
        {
            try
            {
                while (true)
                {
                    using TcpClient caller = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _heard);
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    private sealed class ProxyFor(string host, Uri proxy) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxy;

        public bool IsBypassed(Uri host1) => host1.Host != host;
    }
}

internal static class AddressScopes
{
    /// <summary>Not one that means something on one link only.</summary>
    public static bool ScopeIdIsNone(this IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork || (!address.IsIPv6LinkLocal && address.ScopeId == 0);
}
