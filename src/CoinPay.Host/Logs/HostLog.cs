using CoinPay.Host.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CoinPay.Host.Logs;

/// <summary>One log for all parts of the host, at the levels of host.json; libraries log only problems.</summary>
internal static class HostLog
{
    private static readonly string[] Quiet = ["Azure", "DurableTask", "Grpc", "Microsoft"];

    public static ILoggerFactory Create(IConfiguration configuration) => LoggerFactory.Create(log =>
    {
        log.AddConsole(console => console.FormatterName = LineFormatter.FormatterName)
            .AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>(formatter => formatter.IncludeScopes = true);
        foreach (string library in Quiet)
            log.AddFilter(library, LogLevel.Warning);
        // The host itself logs, once, a part that cannot start.
        log.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter("Host.Startup", LogLevel.None);
        // Requests that clients aborted or made too large.
        log.AddFilter("Yarp", LogLevel.Error);
        foreach (IConfigurationSection level in configuration.GetSection($"{HostConfiguration.HostSection}:logging:logLevel").GetChildren())
            if (Enum.TryParse(level.Value, ignoreCase: true, out LogLevel least))
                log.AddFilter(string.Equals(level.Key, "default", StringComparison.OrdinalIgnoreCase) ? null : level.Key, least);
    });
}
