using CoinPay.Chains;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Functions.Platform;

/// <summary>
/// Every setting in the section <c>CoinPay</c>. Any other name there is refused at startup: a mistyped setting would leave a
/// protection at its default without anyone noticing. A test compares the names with those that the code reads.
/// </summary>
internal static class KnownSettings
{
    private const string Section = "CoinPay";

    /// <summary>One part of a name, whatever it is.</summary>
    private const string Anything = "*";

    /// <summary>One part that is a currency's code.</summary>
    private const string Currency = "???";

    /// <summary>The names below the section.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "GasWalletKey", "KeepFinishedInstances", "KeyPepper", "KeyPepper:Previous", "KeyVaultUri",
        "Limits:RequestsPerAddress", "Limits:RequestsPerKey", "NetworksFile",
        "Networks:*:Confirmations", "Networks:*:Headers", "Networks:*:MaxGasGwei", "Networks:*:Password",
        "Networks:*:PollInterval", "Networks:*:Rpc", "Networks:*:Url", "Networks:*:User",
        "OperatorKey", "OperatorKeys:*", "OperatorNames", "PublicUrl",
        "Rates:???:*", "Rates:Markets", "Rates:MaxAge", "Rates:MaxDeviationPercent", "Rates:Source",
        "Rates:coinbase:Url", "Rates:coingecko:Url", "Rates:kraken:Url",
        "SecretsKey", "SecretsKey:Previous", "TrustedProxies", "WalletDelay", "Webhooks:AllowLoopback", "Webhooks:Ports",
    ];

    /// <summary>Throws a <see cref="SettingsException"/> that names each unknown setting and the known one nearest to it.</summary>
    public static void RefuseUnknown(IConfiguration configuration)
    {
        string[] unknown =
        [
            .. configuration.GetSection(Section).AsEnumerable(makePathsRelative: true)
                .Where(setting => setting.Value is not null && !IsKnown(setting.Key))
                .Select(setting => $"{Variable(setting.Key)} (the nearest is {Variable(NearestTo(setting.Key))})"),
        ];
        if (unknown.Length > 0)
            throw new SettingsException(
                $"No such setting: {string.Join(", ", unknown)}. docs/configuration.md lists all settings.");
    }

    /// <summary>Whether a name below the section is one of <see cref="Names"/>.</summary>
    public static bool IsKnown(string name) => Names.Any(known => Matches(known, name));

    /// <summary>Whether a name is the known one, in any case.</summary>
    public static bool Matches(string known, string name)
    {
        string[] wanted = known.Split(':'), parts = name.Split(':');
        return wanted.Length == parts.Length && wanted.Zip(parts).All(pair => Matches(pair));
    }

    private static bool Matches((string Known, string Part) pair) => pair.Known switch
    {
        Anything => pair.Part.Length > 0,
        Currency => pair.Part.Length == 3 && pair.Part.All(char.IsAsciiLetter),
        _ => pair.Known.Equals(pair.Part, StringComparison.OrdinalIgnoreCase),
    };

    private static string NearestTo(string name) => NearestName.Of(name, Names.Select(known => Filled(known, name)))!;

    /// <summary>Puts the written name's own parts in the place of wildcards, so that they do not count as differences.</summary>
    private static string Filled(string known, string name)
    {
        string[] parts = name.Split(':');
        return string.Join(':', known.Split(':').Select((part, at) => (part, at < parts.Length) switch
        {
            (Anything, true) => parts[at],
            (Anything, false) => "<name>",
            (Currency, _) => "EUR",
            _ => part,
        }));
    }

    private static string Variable(string name) => $"{Section}__{name.Replace(":", "__", StringComparison.Ordinal)}";
}
