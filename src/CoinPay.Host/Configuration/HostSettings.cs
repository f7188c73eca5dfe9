using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.Configuration;

/// <summary>The host's own settings: <c>CoinPayHost__…</c> in the environment. README.md describes each.</summary>
internal sealed record HostSettings
{
    private const string Section = "CoinPayHost";
    private const string ProxiesSetting = "CoinPay:TrustedProxies";
    private const string BodyLimitSetting = "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT";
    private const string DefaultUrl = "http://127.0.0.1:7071";
    private const long DefaultBodyLimit = 104_857_600;
    private static readonly TimeSpan DefaultStopLimit = TimeSpan.FromSeconds(20);

    /// <summary>Every setting in the host's own section.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["DeployedHostJson", "FunctionKey", "MasterKey", "Name", "OutOfProcess", "StopLimit", "SystemKey"];

    /// <summary>The name under which the host holds task hub partitions. Two running hosts on one hub never share it.</summary>
    public required string Name { get; init; }

    /// <summary>The URLs that Kestrel listens on.</summary>
    public required IReadOnlyList<string> Urls { get; init; }

    /// <summary>Runs the app in its own process, as Azure does.</summary>
    public bool IsOutOfProcess { get; init; }

    /// <summary>Uses host.json as deployed, without <see cref="OneMachine"/>.</summary>
    public bool UsesDeployedHostJson { get; init; }

    /// <summary>How long running functions have to finish after the host is told to stop.</summary>
    public TimeSpan StopLimit { get; init; }

    /// <summary>
    /// The peers whose <c>X-Forwarded-*</c> headers are passed on: <c>CoinPay__TrustedProxies</c>, the app's own setting.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The largest request body in bytes: <c>FUNCTIONS_REQUEST_BODY_SIZE_LIMIT</c>, 100 MiB as on the real host.</summary>
    public long BodyLimit { get; init; }

    public static HostSettings From(IConfiguration configuration)
    {
        IConfigurationSection own = configuration.GetSection(Section);
        RefuseUnknown(own);
        string[] urls = (configuration["ASPNETCORE_URLS"] is { Length: > 0 } given ? given : DefaultUrl)
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new()
        {
            Name = own["Name"] is { Length: > 0 } name ? name : DefaultName(urls[0]),
            Urls = urls,
            IsOutOfProcess = Flag(own, "OutOfProcess"),
            UsesDeployedHostJson = Flag(own, "DeployedHostJson"),
            StopLimit = own["StopLimit"] is { Length: > 0 } limit
                ? Parse($"{Section}:StopLimit", limit, text => TimeSpan.Parse(text, CultureInfo.InvariantCulture))
                : DefaultStopLimit,
            TrustedProxies = [.. Proxies(configuration[ProxiesSetting])],
            BodyLimit = configuration[BodyLimitSetting] is { Length: > 0 } bytes
                ? Parse(BodyLimitSetting, bytes, text => long.Parse(text, CultureInfo.InvariantCulture))
                : DefaultBodyLimit,
        };
    }

    /// <summary>A mistyped setting would otherwise be ignored without a word.</summary>
    private static void RefuseUnknown(IConfigurationSection own)
    {
        foreach ((string name, string? value) in own.AsEnumerable(makePathsRelative: true))
            if (value is not null && !Names.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw new StartException(
                    $"No such setting: {Variable(name)}. The host's settings are {string.Join(", ", Names.Select(Variable))}.");
    }

    private static string Variable(string name) => $"{Section}__{name.Replace(":", "__", StringComparison.Ordinal)}";

    /// <summary>Stays the same across restarts, so that the host recognises its own partitions.</summary>
    private static string DefaultName(string url) => $"{Environment.MachineName}-{ListenUrl.PortOf(url)}";

    private static bool Flag(IConfiguration own, string name) =>
        own[name] is { Length: > 0 } text && Parse($"{Section}:{name}", text, bool.Parse);

    private static IEnumerable<IPNetwork> Proxies(string? list) => (list ?? "")
        .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(proxy => Parse(ProxiesSetting, proxy, Network));

    private static IPNetwork Network(string text) =>
        IPAddress.TryParse(text, out IPAddress? one) ? new(one, one.GetAddressBytes().Length * 8) : IPNetwork.Parse(text);

    private static T Parse<T>(string name, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (Exception wrong) when (wrong is FormatException or OverflowException)
        {
            throw new StartException($"{name.Replace(":", "__", StringComparison.Ordinal)} cannot be read: \"{text}\".");
        }
    }
}
