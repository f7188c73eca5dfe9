using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoinPay.Embedded.Tests.Functions;

/// <summary>Hears what one category of loggers is told.</summary>
internal sealed class Ear(string category) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _heard = new();
    private readonly ILogger _deaf = NullLogger.Instance;

    public IEnumerable<string> Heard => _heard;

    public ILogger CreateLogger(string categoryName) => categoryName == category ? this : _deaf;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _heard.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}
