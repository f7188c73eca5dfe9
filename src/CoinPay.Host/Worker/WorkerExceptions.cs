using CoinPay.Host.Protocol;

namespace CoinPay.Host.Worker;

/// <summary>
/// The worker ended under an orchestrator's turn. The Durable extension knows the exception by its name, drops the turn and takes it
/// again.
/// </summary>
internal sealed class WorkerProcessExitException(string message) : Exception(message);

/// <summary>No worker ran, or finished, a function. The Durable extension knows these words, and runs an activity again.</summary>
internal sealed class NoWorkerException() : InvalidOperationException("Did not find any initialized language workers.");

/// <summary>A function failed. The Durable extension reads the message, which therefore has exactly the real host's form.</summary>
internal sealed class FunctionFailedException(StatusResult result)
    : Exception($"Result: {result.Status}\nException: {result.Exception?.Message}\nStack: {result.Exception?.StackTrace}")
{
    /// <summary>Short, because the worker has logged the same with its stack.</summary>
    public override string ToString() => $"{nameof(FunctionFailedException)}: {result.Exception?.Message.Split('\n')[0]}";
}
