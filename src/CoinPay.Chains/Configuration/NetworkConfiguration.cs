using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Chains.Configuration;

/// <summary>
/// The networks that this gateway offers: entries of networks.json that have a node in the settings. Settings are
/// <c>CoinPay__Networks__&lt;name with _ for -&gt;__Rpc</c>, <c>…__PollInterval</c>, <c>…__Confirmations</c> and
/// <c>…__MaxGasGwei</c>; a node's <c>User</c>, <c>Password</c>, <c>Headers</c> and, if <c>Rpc</c> is <c>secret</c>,
/// <c>Url</c> are secrets. <c>CoinPay__NetworksFile</c> names another file.
/// </summary>
public static class NetworkConfiguration
{
    private const string Section = "CoinPay:Networks";
    private static readonly string[] Settings = ["Rpc", "User", "Password", "Url", "Headers", "PollInterval", "Confirmations", "MaxGasGwei"];

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>
    /// Reads and checks all entries, configured or not; throws <see cref="SettingsException"/> on the first mistake.
    /// </summary>
    public static IReadOnlyList<Network> Load(IConfiguration configuration, bool isDevelopment)
    {
        string file = configuration["CoinPay:NetworksFile"] is { Length: > 0 } other
            ? other
            : Path.Combine(AppContext.BaseDirectory, "networks.json");
        NetworkEntry[] entries = Read(file);
        RefuseUnknownNames(configuration.GetSection(Section), entries);
        List<Network> offered = [];
        foreach (NetworkEntry entry in entries)
        {
            IConfigurationSection settings = configuration.GetSection($"{Section}:{SettingOf(entry)}");
            Network network = Overridden(entry, settings).At(RpcOf(settings, isDevelopment) ?? Nowhere);
            if (network.Rpc == Nowhere)
                continue;
            if (network.Development && !isDevelopment)
                throw new SettingsException(
                    $"{network.Name} is a local development chain, for AZURE_FUNCTIONS_ENVIRONMENT=Development only: "
                    + $"remove {NameOf(settings)}__Rpc, or set it for a public network.");
            offered.Add(network);
        }
        return offered;
    }

    /// <summary>A placeholder for "no node": an entry is checked even if it is not offered.</summary>
    private static Uri Nowhere { get; } = new("about:blank");

    private static NetworkEntry[] Read(string file)
    {
        try
        {
            NetworkEntry[] entries = JsonSerializer.Deserialize<NetworkEntry[]>(File.ReadAllText(file), Json)
                ?? throw new SettingsException("networks.json is empty.");
            IEnumerable<IGrouping<string, string>> keys = entries
                .SelectMany(entry => (string[])[entry.Name, entry.Id]).GroupBy(key => key, StringComparer.Ordinal);
            if (keys.FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new SettingsException($"networks.json contains {twice.Key} twice.");
            return entries;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"{Path.GetFileName(file)} cannot be read: {broken.Message}");
        }
    }

    private static void RefuseUnknownNames(IConfigurationSection section, NetworkEntry[] entries)
    {
        foreach (IConfigurationSection network in section.GetChildren())
        {
            if (!entries.Any(entry => network.Key.Equals(SettingOf(entry), StringComparison.OrdinalIgnoreCase)))
                throw new SettingsException(
                    $"{NameOf(network)}: networks.json has no such network; the nearest is "
                    + $"{NearestName.Of(network.Key, entries.Select(SettingOf))}.");
            foreach (IConfigurationSection setting in network.GetChildren())
                if (!Settings.Contains(setting.Key, StringComparer.OrdinalIgnoreCase))
                    throw new SettingsException(
                        $"{NameOf(setting)} is not a network setting; the nearest is {NearestName.Of(setting.Key, Settings)}.");
        }
    }

    private static NetworkEntry Overridden(NetworkEntry entry, IConfigurationSection settings) => entry with
    {
        PollInterval = settings["PollInterval"] is { Length: > 0 } interval
            ? TimeSpan.TryParse(interval, CultureInfo.InvariantCulture, out TimeSpan span)
                ? span
                : throw new SettingsException($"{NameOf(settings)}__PollInterval must be a duration such as 00:00:05.")
            : entry.PollInterval,
        Confirmations = settings["Confirmations"] is { Length: > 0 } depth
            ? int.TryParse(depth, NumberStyles.None, CultureInfo.InvariantCulture, out int blocks)
                ? blocks
                : throw new SettingsException($"{NameOf(settings)}__Confirmations must be a number of blocks.")
            : entry.Confirmations,
        MaxGasGwei = settings["MaxGasGwei"] is { Length: > 0 } gwei
            ? decimal.TryParse(gwei, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal most)
                ? most
                : throw new SettingsException($"{NameOf(settings)}__MaxGasGwei must be a number such as 30 or 0.5.")
            : entry.MaxGasGwei,
    };

    private static Uri? RpcOf(IConfigurationSection settings, bool isDevelopment) => settings["Rpc"] switch
    {
        null or "" => null,
        NodeAccess.SecretWord => NodeAccess.SecretAddress,
        string text => NodeAddress.MistakeIn(text, isDevelopment) is { } mistake
            ? throw new SettingsException($"{NameOf(settings)}__Rpc {mistake}")
            : new Uri(text),
    };

    private static string SettingOf(NetworkEntry entry) => entry.Name.Replace('-', '_');

    private static string NameOf(IConfigurationSection section) =>
        section.Path.Replace(":", "__", StringComparison.Ordinal);
}
