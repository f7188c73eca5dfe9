using System.Runtime.ExceptionServices;
using CoinPay.Host.Worker;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Triggers;

/// <summary>Collects failures after which the triggers of one host cannot continue.</summary>
internal sealed class TriggerFailures(WorkerSupervisor worker, ILogger<TriggerFailures> log) : IWebJobsExceptionHandler
{
    private readonly TaskCompletionSource<Exception> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Completes when a listener breaks, for example because the storage is unreachable or another host has taken a timer's lock.
    /// </summary>
    public Task<Exception> Broken => _broken.Task;

    public Task OnTimeoutExceptionAsync(ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod)
    {
        worker.Replace(exceptionInfo.SourceException.Message);
        return Task.CompletedTask;
    }

    public Task OnUnhandledExceptionAsync(ExceptionDispatchInfo exceptionInfo)
    {
        if (!_broken.TrySetResult(exceptionInfo.SourceException))
            log.LogDebug(exceptionInfo.SourceException, "Another trigger broke");
        return Task.CompletedTask;
    }
}
