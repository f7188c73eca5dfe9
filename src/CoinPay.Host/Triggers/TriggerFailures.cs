using System.Runtime.ExceptionServices;
using CoinPay.Host.Worker;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Triggers;

/// <summary>
/// What the WebJobs SDK cannot go on after. A function past the time limit of host.json may hold its worker's threads or locks for ever, so
/// the worker is replaced, as the real host does it; one in this process cannot be, and ends the host.
/// </summary>
internal sealed class TriggerFailures(WorkerSupervisor worker, ILogger<TriggerFailures> log) : IWebJobsExceptionHandler
{
    public Task OnTimeoutExceptionAsync(ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod)
    {
        log.LogCritical("{Reason} The worker is replaced", exceptionInfo.SourceException.Message);
        worker.Replace();
        return Task.CompletedTask;
    }

    /// <summary>A listener broke: the process ends, and whoever watches over it starts it again.</summary>
    public Task OnUnhandledExceptionAsync(ExceptionDispatchInfo exceptionInfo)
    {
        log.LogCritical(exceptionInfo.SourceException, "A trigger broke: {Reason}", exceptionInfo.SourceException.Message);
        Environment.Exit(1);
        return Task.CompletedTask;
    }
}
