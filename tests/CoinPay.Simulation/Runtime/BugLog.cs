using CoinPay.Simulation.Checks;
using Microsoft.Extensions.Logging;

namespace CoinPay.Simulation.Runtime;

/// <summary>Reads what the app logs: an error that no fault explains is a bug, wherever the app caught it.</summary>
internal sealed class BugLog(World world) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Error)
            world.Failed(exception ?? new SimulationException("the app logs: " + formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
