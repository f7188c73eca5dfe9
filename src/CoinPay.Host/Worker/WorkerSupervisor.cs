using CoinPay.Host.Protocol;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Worker;

/// <summary>Keeps the worker running: starts it, restarts it if it ends by itself, and ends it with the host.</summary>
internal sealed class WorkerSupervisor(IWorkerProgram program, WorkerPool workers, bool restarts, ILogger<WorkerSupervisor> log)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    /// <summary>A worker that ran this long was healthy: the next one starts at once.</summary>
    private static readonly TimeSpan SoundFor = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    /// <summary>Completes when the worker has ended and will not be restarted.</summary>
    public Task Ended => _ended.Task;

    public void Start(Uri endpoint)
    {
        workers.Lost += (_, _) => EndUseless();
        _ = RunAsync(endpoint);
    }

    /// <summary>
    /// A function that exceeds host.json's time limit can hold its worker's threads or locks forever. As on the real host, the worker is
    /// killed so that another replaces it; if it cannot be killed without the host, it counts as ended.
    /// </summary>
    public void Replace(string reason)
    {
        log.LogCritical("Replacing the worker: {Reason}", reason);
        program.Kill();
        if (!restarts)
            _ended.TrySetResult();
    }

    /// <summary>Asks the worker to end, and kills it if it does not.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        if (workers.Current is { } worker)
            worker.Send(new StreamingMessage { WorkerTerminate = new() });
        else
            program.Kill();
        if (await Task.WhenAny(_ended.Task, Task.Delay(StopLimit)) == _ended.Task)
            return;
        log.LogWarning("The worker did not end within {Limit}", StopLimit);
        program.Kill();
    }

    private async Task RunAsync(Uri endpoint)
    {
        TimeSpan pause = FirstPause;
        while (true)
        {
            long from = TimeProvider.System.GetTimestamp();
            await RunOnceAsync(endpoint);
            // A worker that was never ready would end the same way again.
            if (_isStopping || !restarts || !workers.Functions.IsCompletedSuccessfully)
                break;
            pause = TimeProvider.System.GetElapsedTime(from) > SoundFor ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxPause.Ticks));
            await Task.Delay(pause);
        }
        _ended.TrySetResult();
    }

    private void EndUseless()
    {
        if (!_isStopping)
            program.Kill();
    }

    private async Task RunOnceAsync(Uri endpoint)
    {
        try
        {
            int code = await program.RunAsync(endpoint);
            if (!_isStopping)
                log.LogError("The worker ended by itself with code {Code}", code);
        }
        catch (Exception failure)
        {
            log.LogCritical(failure, "The worker failed: {Reason}", failure.Message);
        }
    }
}
