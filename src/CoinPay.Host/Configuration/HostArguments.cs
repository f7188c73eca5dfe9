namespace CoinPay.Host.Configuration;

/// <summary>The command line: short forms of some <c>CoinPayHost__…</c> settings, and the app to run.</summary>
internal sealed record HostArguments(string? App, IReadOnlyDictionary<string, string?> Settings)
{
    public const string Usage = """
        usage: CoinPay.Host [--app FILE.dll] [--out-of-process] [--deployed-host-json]
          --app FILE.dll          the functions app to run; by default CoinPay.Functions.dll next to the host
          --out-of-process        run the app in its own process, as Azure does
          --deployed-host-json    use host.json as deployed, without the settings for one machine
        Set everything else through the environment: see src/CoinPay.Host/README.md.
        """;

    /// <exception cref="StartException">An option is unknown or incomplete.</exception>
    public static HostArguments Parse(IReadOnlyList<string> arguments)
    {
        Dictionary<string, string?> settings = new(StringComparer.OrdinalIgnoreCase);
        string? app = null;
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--app" when i + 1 < arguments.Count:
                    app = arguments[++i];
                    break;
                case "--out-of-process":
                    settings["CoinPayHost:OutOfProcess"] = bool.TrueString;
                    break;
                case "--deployed-host-json":
                    settings["CoinPayHost:DeployedHostJson"] = bool.TrueString;
                    break;
                default:
                    throw new StartException($"The option \"{arguments[i]}\" is unknown or incomplete.\n{Usage}");
            }
        }
        return new(app, settings);
    }
}
