using System.Globalization;
using System.Net;
using CoinPay.Chains;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Platform;

/// <summary>The gateway's own settings, checked once at startup.</summary>
internal sealed record GatewaySettings
{
    private static readonly TimeSpan ProductionWalletDelay = TimeSpan.FromHours(24);
    private const int DefaultRequests = 100;
    private const int MaxRequests = 1_000_000;
    private const int MaxOperators = 50;
    private const int MaxNameLength = 30;
    private const string UnnamedOperator = "operator";
    private static readonly TimeSpan LongestWalletDelay = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestInstanceRetention = TimeSpan.FromDays(3650);

    /// <summary>Whether this is a development machine, which allows http to loopback and test networks.</summary>
    public required bool IsDevelopment { get; init; }

    /// <summary>The Key Vault with the secrets; null if they are in configuration.</summary>
    public Uri? KeyVaultUri { get; init; }

    /// <summary>The public address of this gateway, for links to its pages; null if it is not set.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Whether webhook endpoints can be on 127.0.0.1, where they can also be http. Development only.</summary>
    public bool WebhooksAllowLoopback { get; init; }

    /// <summary>The ports that webhooks can be sent to.</summary>
    public IReadOnlySet<int> WebhookPorts { get; init; } = new HashSet<int> { 443, 8443 };

    /// <summary>The gateway's own host names, to which no webhook is sent.</summary>
    public IReadOnlySet<string> OwnHosts { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The ports on this machine that the gateway listens on, as far as configuration says.</summary>
    public IReadOnlySet<int> OwnPorts { get; init; } = new HashSet<int>();

    /// <summary>The names of the operators that have a key of their own.</summary>
    public IReadOnlyList<string> OperatorNames { get; init; } = [];

    /// <summary>How long the history of a completed orchestration is kept; null to keep it forever.</summary>
    public TimeSpan? KeepFinishedInstances { get; init; }

    /// <summary>The delay before a changed wallet receives payments.</summary>
    public required TimeSpan WalletDelay { get; init; }

    /// <summary>The maximum number of requests per second and key; 0 for no limit.</summary>
    public int RequestsPerKey { get; init; } = DefaultRequests;

    /// <summary>The maximum number of requests per second and address, with or without a key; 0 for no limit.</summary>
    public int RequestsPerAddress { get; init; } = DefaultRequests;

    /// <summary>The proxies whose <c>X-Forwarded-For</c> is trusted. None, unless set or provided by the platform.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Reads and checks the settings. Throws a <see cref="SettingsException"/> that says what to set and how.</summary>
    public static GatewaySettings From(IConfiguration configuration)
    {
        KnownSettings.RefuseUnknown(configuration);
        bool development = IsDevelopmentOf(configuration);
        bool loopback = Boolean(configuration, "CoinPay:Webhooks:AllowLoopback");
        if (loopback && !development)
            throw new SettingsException(
                "CoinPay__Webhooks__AllowLoopback is for AZURE_FUNCTIONS_ENVIRONMENT=Development only: remove it or set it to false.");
        Uri? publicUrl = PublicUrlOf(configuration, development);
        return new()
        {
            IsDevelopment = development,
            KeyVaultUri = AbsoluteUri(configuration, "CoinPay:KeyVaultUri") switch
            {
                // A token for the vault is never sent over http.
                { Scheme: "http" } => throw Wrong("CoinPay:KeyVaultUri", "an https address"),
                var vault => vault,
            },
            PublicUrl = publicUrl,
            WebhooksAllowLoopback = loopback,
            WebhookPorts = new HashSet<int>([443, 8443, .. Ports(configuration, "CoinPay:Webhooks:Ports")]),
            // The public address and App Service's name for the app; a self-hosted process listens on ASPNETCORE_URLS.
            OwnHosts = new HashSet<string>(
                [.. Words(configuration["WEBSITE_HOSTNAME"]), .. Words(publicUrl?.IdnHost)], StringComparer.OrdinalIgnoreCase),
            OwnPorts = new HashSet<int>(
                [.. ListeningPorts(configuration["ASPNETCORE_URLS"]), .. ListeningPorts(configuration["URLS"])]),
            OperatorNames = Names(configuration, "CoinPay:OperatorNames"),
            KeepFinishedInstances = Duration(
                configuration, "CoinPay:KeepFinishedInstances", LongestInstanceRetention),
            WalletDelay = Duration(configuration, "CoinPay:WalletDelay", LongestWalletDelay)
                ?? (development ? TimeSpan.Zero : ProductionWalletDelay),
            RequestsPerKey = Count(configuration, "CoinPay:Limits:RequestsPerKey") ?? DefaultRequests,
            RequestsPerAddress = Count(configuration, "CoinPay:Limits:RequestsPerAddress") ?? DefaultRequests,
            TrustedProxies = [.. Platform(configuration), .. Proxies(configuration, "CoinPay:TrustedProxies")],
        };
    }

    /// <summary>Returns whether this is a development machine; anything else counts as production.</summary>
    public static bool IsDevelopmentOf(IConfiguration configuration) => string.Equals(
        configuration["AZURE_FUNCTIONS_ENVIRONMENT"], "Development", StringComparison.OrdinalIgnoreCase);

    private static bool Boolean(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => false,
        string text when bool.TryParse(text, out bool value) => value,
        _ => throw Wrong(name, "true or false"),
    };

    private static string[] Names(IConfiguration configuration, string name)
    {
        string[] names = Words(configuration[name]);
        return names.Length <= MaxOperators && names.Distinct(StringComparer.Ordinal).Count() == names.Length && names.All(IsName)
            ? names
            : throw Wrong(name, $"up to {MaxOperators} different names of lower-case letters and digits, separated by commas");

        static bool IsName(string word) => word.Length <= MaxNameLength && word != UnnamedOperator
            && word.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter));
    }

    private static IEnumerable<int> Ports(IConfiguration configuration, string name) =>
        Words(configuration[name]).Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and < 65_536
                ? port
                : throw Wrong(name, "port numbers, separated by commas"));

    private static IEnumerable<int> ListeningPorts(string? urls) =>
        Words(urls).Select(word => word.Split(':')[^1].TrimEnd('/'))
            .Where(port => port.Length > 0 && port.All(char.IsAsciiDigit))
            .Select(port => int.Parse(port, CultureInfo.InvariantCulture));

    private static string[] Words(string? list) => (list ?? "").Split(
        [',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static Uri? AbsoluteUri(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => null,
        string text when Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http" => uri,
        _ => throw Wrong(name, "an https address"),
    };

    /// <summary>Requires https, because anyone on the network path can change the payment address in a page sent over http.</summary>
    private static Uri? PublicUrlOf(IConfiguration configuration, bool development)
    {
        const string name = "CoinPay:PublicUrl";
        Uri? url = AbsoluteUri(configuration, name);
        bool isRight = url is null || ((development || url.Scheme == "https") && (url.Query + url.Fragment + url.UserInfo).Length == 0);
        return isRight ? url : throw Wrong(name, "an https address such as https://pay.example, without a query");
    }

    internal static TimeSpan? Duration(IConfiguration from, string name, TimeSpan most) => from[name] switch
    {
        null or "" => null,
        // Exact, because lenient parsing reads 24:00:00 as 24 days.
        string text when TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan span)
            && span >= TimeSpan.Zero && span <= most => span,
        _ => throw Wrong(name, $"a duration such as 1.00:00:00 (a day) or 00:10:00, at most {most.TotalDays} days"),
    };

    private static int? Count(IConfiguration configuration, string name) => configuration[name] switch
    {
        null or "" => null,
        string text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count <= MaxRequests => count,
        _ => throw Wrong(name, $"a whole number from 0 (no limit) to {MaxRequests}"),
    };

    // In Azure, the Functions host is between this process and the front end, which writes the client's address into the header.
    private static IEnumerable<IPNetwork> Platform(IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration["WEBSITE_INSTANCE_ID"])
            ? []
            : [new(IPAddress.Loopback, 32), new(IPAddress.IPv6Loopback, 128)];

    private static IEnumerable<IPNetwork> Proxies(IConfiguration configuration, string name)
    {
        foreach (string text in (configuration[name] ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            yield return IPNetwork.TryParse(text, out IPNetwork network) ? network
                : IPAddress.TryParse(text, out IPAddress? one) ? new(one, one.GetAddressBytes().Length * 8)
                : throw Wrong(name, "addresses or networks such as 10.0.0.0/8, separated by commas");
    }

    internal static SettingsException Wrong(string name, string right) =>
        new($"{name.Replace(":", "__", StringComparison.Ordinal)} must be {right}.");
}
