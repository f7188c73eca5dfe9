using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace CoinPay.Host.Logs;

/// <summary>
/// One line per event: <c>time level category [function invocation instance] message | exception</c>, in UTC. Line breaks within the
/// message or the exception become <c>⏎</c>.
/// </summary>
internal sealed class LineFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "coinpay-line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string? message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        if (string.IsNullOrEmpty(message) && logEntry.Exception is null)
            return; // The WebJobs SDK writes such entries for metric collectors.
        textWriter.Write(DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ ", CultureInfo.InvariantCulture));
        textWriter.Write(Level(logEntry.LogLevel));
        textWriter.Write(logEntry.Category);
        scopeProvider?.ForEachScope(
            static (scope, text) =>
            {
                if (scope is InvocationScope invocation)
                    text.Write($" [{invocation}]");
            },
            textWriter);
        textWriter.Write(' ');
        textWriter.Write(OneLine(message ?? ""));
        if (logEntry.Exception is { } exception)
            textWriter.Write(" | " + OneLine(exception.ToString()));
        textWriter.WriteLine();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings("⏎");

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce ",
        LogLevel.Debug => "dbug ",
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        LogLevel.Error => "fail ",
        _ => "crit ",
    };
}
