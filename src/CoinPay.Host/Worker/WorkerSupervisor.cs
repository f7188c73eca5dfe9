using CoinPay.Host.Protocol;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Worker;

/// <summary>Keeps the worker running: starts it, starts it again when it ended by itself, and ends it with the host.</summary>
internal sealed class WorkerSupervisor(IWorkerProgram program, WorkerPool workers, bool restarts, ILogger<WorkerSupervisor> log)
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    /// <summary>A worker that ran for so long was sound: the next is started at once.</summary>
    private static readonly TimeSpan SoundFor = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    /// <summary>Completes when the worker has ended and is not started again.</summary>
    public Task Ended => _ended.Task;

    public void Start(Uri endpoint)
    {
        workers.Lost += (_, _) => EndUseless();
        _ = RunAsync(endpoint);
    }

    /// <summary>
    /// A function past the time limit of host.json may hold its worker's threads or locks for ever. The worker is ended, as the real host
    /// does it, so that another takes its place; if it cannot be ended without the host, it counts as ended.
    /// </summary>
    public void Replace(string reason)
    {
        log.LogCritical("{Reason}: the worker is replaced", reason);
        program.Kill();
        if (!restarts)
            _ended.TrySetResult();
    }

    /// <summary>Asks the worker to end, and ends it if it does not.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        if (workers.Current is { } worker)
            worker.Send(new StreamingMessage { WorkerTerminate = new() });
        else
            program.Kill();
        if (await Task.WhenAny(_ended.Task, Task.Delay(StopLimit)) == _ended.Task)
            return;
        log.LogWarning("The worker did not end in {Limit}", StopLimit);
        program.Kill();
    }

    private async Task RunAsync(Uri endpoint)
    {
        TimeSpan pause = FirstPause;
        while (true)
        {
            long from = TimeProvider.System.GetTimestamp();
            await RunOnceAsync(endpoint);
            // One that never was ready would end the same way again.
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
