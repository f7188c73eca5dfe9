using System.Net;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.Configuration;

/// <summary>
/// The host's own settings: <c>CoinPayHost__…</c> of the environment. Each is described in README.md.
/// </summary>
internal sealed record HostSettings
{
    private const string Section = "CoinPayHost";
    private const string DefaultUrl = "http://127.0.0.1:7071";
    private const long DefaultBodyLimit = 104_857_600;
    private static readonly TimeSpan DefaultStopLimit = TimeSpan.FromSeconds(20);

    /// <summary>Under which name the host holds task hub partitions. No two running hosts on one hub share it.</summary>
    public required string Name { get; init; }

    /// <summary>What Kestrel listens on.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Runs the app as a process of its own, as Azure does.</summary>
    public bool IsOutOfProcess { get; init; }

    /// <summary>Takes host.json as it is deployed, without <see cref="OneMachine"/>.</summary>
    public bool UsesDeployedHostJson { get; init; }

    /// <summary>How long running functions have to end when the host is told to stop.</summary>
    public TimeSpan StopLimit { get; init; }

    /// <summary>Whose <c>X-Forwarded-*</c> headers are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The largest request body in bytes: <c>FUNCTIONS_REQUEST_BODY_SIZE_LIMIT</c>, 100 MiB as on the real host.</summary>
    public long BodyLimit { get; init; }

    public static HostSettings From(IConfiguration configuration)
    {
        IConfigurationSection own = configuration.GetSection(Section);
        string[] urls = (configuration["ASPNETCORE_URLS"] is { Length: > 0 } given ? given : DefaultUrl)
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new()
        {
            Name = own["Name"] is { Length: > 0 } name ? name : DefaultName(urls[0]),
            Urls = urls,
            IsOutOfProcess = Flag(own, "OutOfProcess"),
            UsesDeployedHostJson = Flag(own, "DeployedHostJson"),
            StopLimit = own["StopLimit"] is { } limit ? Parse("StopLimit", limit, ParseTime) : DefaultStopLimit,
            TrustedProxies = [.. List(own["TrustedProxies"]).Select(proxy => Parse("TrustedProxies", proxy, ParseNetwork))],
            BodyLimit = configuration.GetValue("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", DefaultBodyLimit),
        };
    }

    /// <summary>Stays the same when the host is started again, so that it finds its partitions still its own.</summary>
    private static string DefaultName(string url) => $"{Environment.MachineName}-{ListenUrl.PortOf(url)}";

    private static bool Flag(IConfiguration own, string name) => own[name] is { } text && Parse(name, text, bool.Parse);

    private static string[] List(string? text) =>
        (text ?? "").Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static TimeSpan ParseTime(string text) => TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static IPNetwork ParseNetwork(string text) =>
        text.Contains('/', StringComparison.Ordinal) ? IPNetwork.Parse(text) : new(IPAddress.Parse(text), IPAddress.Parse(text).GetAddressBytes().Length * 8);

    private static T Parse<T>(string name, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException)
        {
            throw new StartException($"{Section}__{name} cannot be read: \"{text}\".");
        }
    }
}
