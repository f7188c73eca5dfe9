using System.Collections.Concurrent;
using CoinPay.Host.Logs;
using CoinPay.Host.Protocol;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Worker;

/// <summary>Writes the worker's log lines as the host's own, with their invocation.</summary>
internal sealed class WorkerLog(ILoggerFactory loggers, RunningInvocations running)
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    public void Write(RpcLog line)
    {
        if (line.LogCategory == RpcLog.Types.Category.CustomMetric)
            return;
        ILogger log = _loggers.GetOrAdd(line.Category, loggers.CreateLogger);
        using IDisposable? scope = running.Find(line.InvocationId) is { } invocation ? log.BeginScope(invocation) : null;
        log.Log((LogLevel)line.Level, default, line, exception: null, Format);
    }

    /// <summary>The worker's exceptions have everything in their message, including the stack trace.</summary>
    private static string Format(RpcLog line, Exception? none) =>
        line.Exception is { } failure ? $"{line.Message} | {failure.Message}" : line.Message;
}
