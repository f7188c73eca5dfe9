using CoinPay.Host.Protocol;

namespace CoinPay.Host.Worker;

/// <summary>
/// The worker ended during an orchestrator's turn. The Durable extension recognises the exception by its name, drops the turn and retries
/// it.
/// </summary>
internal sealed class WorkerProcessExitException(string message) : Exception(message);

/// <summary>No worker ran, or finished, a function. The Durable extension recognises this message and retries an activity.</summary>
internal sealed class NoWorkerException() : InvalidOperationException("Did not find any initialized language workers.");

/// <summary>A function failed. The Durable extension reads the message, so it has exactly the real host's format.</summary>
internal sealed class FunctionFailedException(StatusResult result)
    : Exception($"Result: {result.Status}\nException: {result.Exception?.Message}\nStack: {result.Exception?.StackTrace}")
{
    /// <summary>Short, because the worker has already logged the same with its stack trace.</summary>
    public override string ToString() => $"{nameof(FunctionFailedException)}: {result.Exception?.Message.Split('\n')[0]}";
}
