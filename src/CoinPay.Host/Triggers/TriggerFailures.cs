using System.Runtime.ExceptionServices;
using CoinPay.Host.Worker;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Triggers;

/// <summary>What the WebJobs SDK cannot go on after.</summary>
internal sealed class TriggerFailures(WorkerSupervisor worker, ILogger<TriggerFailures> log) : IWebJobsExceptionHandler
{
    private readonly TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Completes when a listener broke, for example because another host has taken a timer's lock. As the real host does, this one ends,
    /// and whoever watches over it starts it again.
    /// </summary>
    public Task Broken => _broken.Task;

    /// <summary>
    /// A function past the time limit of host.json may hold its worker's threads or locks for ever, so the worker is replaced, as the
    /// real host does it; one in this process cannot be, and ends the host.
    /// </summary>
    public Task OnTimeoutExceptionAsync(ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod)
    {
        log.LogCritical("{Reason} The worker is replaced", exceptionInfo.SourceException.Message);
        worker.Replace();
        return Task.CompletedTask;
    }

    public Task OnUnhandledExceptionAsync(ExceptionDispatchInfo exceptionInfo)
    {
        log.LogCritical(exceptionInfo.SourceException, "A trigger broke: {Reason}", exceptionInfo.SourceException.Message);
        _broken.TrySetResult();
        return Task.CompletedTask;
    }
}
