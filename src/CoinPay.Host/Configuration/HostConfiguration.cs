using System.Globalization;
using CoinPay.Host.App;
using Microsoft.Extensions.Configuration;

namespace CoinPay.Host.Configuration;

/// <summary>
/// The sources of every value, where the last one wins: host.json, <see cref="OneMachine"/>, the environment, the command line.
/// </summary>
internal sealed class HostConfiguration
{
    /// <summary>The configuration section of host.json, as on the real host.</summary>
    public const string HostSection = "AzureFunctionsJobHost";

    private readonly IReadOnlyList<KeyValuePair<string, string?>> _hostJson;
    private readonly HostArguments _arguments;

    /// <param name="folder">
    /// The app folder; in development its local.settings.json is loaded into this process's environment, which the app reads too.
    /// </param>
    /// <param name="arguments">The command line.</param>
    public HostConfiguration(AppFolder folder, HostArguments arguments)
    {
        _arguments = arguments;
        if (string.Equals(Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT"), "Development", StringComparison.OrdinalIgnoreCase))
            folder.PutLocalSettingsIntoEnvironment();
        _hostJson = folder.ReadHostJson();
        Settings = HostSettings.From(Build([]));
        Root = Build(Settings.UsesDeployedHostJson ? _hostJson : [.. _hostJson, .. OneMachine.HostJson]);
    }

    public HostSettings Settings { get; }

    public IConfigurationRoot Root { get; }

    /// <summary>How long a function can run according to host.json; null without a limit.</summary>
    public TimeSpan? FunctionTimeout =>
        TimeSpan.TryParse(Root[$"{HostSection}:functionTimeout"], CultureInfo.InvariantCulture, out TimeSpan limit) && limit > TimeSpan.Zero
            ? limit
            : null;

    /// <summary>
    /// Adds the same sources to a host's configuration. Chaining this configuration instead would drop empty values, and an empty
    /// <c>routePrefix</c> would become <c>api</c>.
    /// </summary>
    public void AddTo(IConfigurationBuilder builder)
    {
        foreach (IConfigurationSource source in Root.Providers.Select(provider => new Existing(provider)))
            builder.Add(source);
    }

    private IConfigurationRoot Build(IReadOnlyList<KeyValuePair<string, string?>> hostJson) => new ConfigurationBuilder()
        .AddInMemoryCollection(Latest(hostJson))
        .AddEnvironmentVariables()
        .AddInMemoryCollection(_arguments.Settings)
        .AddInMemoryCollection([new("AzureWebJobsConfigurationSection", HostSection)])
        .Build();

    /// <summary>Keeps the last of several values for one key.</summary>
    private static Dictionary<string, string?> Latest(IReadOnlyList<KeyValuePair<string, string?>> values)
    {
        Dictionary<string, string?> latest = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string key, string? value) in values)
            latest[$"{HostSection}:{key}"] = value;
        return latest;
    }

    private sealed class Existing(IConfigurationProvider provider) : IConfigurationSource
    {
        public IConfigurationProvider Build(IConfigurationBuilder builder) => provider;
    }
}
