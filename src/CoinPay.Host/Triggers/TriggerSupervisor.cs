using Azure.Storage.Blobs;
using CoinPay.Host.Instance;
using Microsoft.Extensions.Logging;

namespace CoinPay.Host.Triggers;

/// <summary>
/// Keeps triggers running. If one breaks, no trigger runs functions any more; once the storage responds, all triggers are stopped, the host
/// checks that it still has its name, and new ones start.
/// </summary>
/// <param name="build">Creates triggers without starting them.</param>
/// <param name="open">Announces new triggers to the rest of the host.</param>
internal sealed class TriggerSupervisor(
    Func<TriggerHost> build, Func<TriggerHost, Task> open, BlobContainerClient storage, NameLease name, Readiness readiness,
    ILogger<TriggerSupervisor> log) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(10);

    /// <summary>Triggers that ran this long were healthy: the next pause is short.</summary>
    private static readonly TimeSpan SoundFor = TimeSpan.FromSeconds(30);

    /// <summary>The time limit for broken triggers to stop once the storage responds. Two sets at once would hold the same name.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(5);

    /// <summary>The time limit for triggers to stop with the host.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private TriggerHost? _triggers;
    private Task _watch = Task.CompletedTask;

    /// <summary>Completes when triggers break and cannot be replaced.</summary>
    public Task Ended => _ended.Task;

    /// <exception cref="StartException">A function's trigger is wrong, or names a setting that does not exist.</exception>
    public async Task StartAsync()
    {
        try
        {
            await StartNewAsync();
        }
        catch (StartException)
        {
            // Nothing has started.
            _triggers?.Dispose();
            _triggers = null;
            throw;
        }
        _watch = WatchAsync();
    }

    /// <summary>Accepts no more work and lets running functions continue.</summary>
    public async Task DrainAsync()
    {
        await _stop.CancelAsync();
        await TryAsync(_watch);
        if (_triggers is not null)
            await TryAsync(readiness.RunsTriggers ? _triggers.DrainAsync() : _triggers.StopAsync());
    }

    /// <summary>Cancels running functions and stops. What cannot be stopped cleanly ends with the process.</summary>
    public async Task StopAsync()
    {
        if (readiness.RunsTriggers && await TryAsync(_triggers!.StopAsync()))
            _triggers.Dispose();
        readiness.RunsTriggers = false;
    }

    public void Dispose() => _stop.Dispose();

    private async Task StartNewAsync()
    {
        _triggers = build();
        await _triggers.StartAsync();
        await open(_triggers);
        readiness.RunsTriggers = true;
    }

    private async Task WatchAsync()
    {
        try
        {
            for (TimeSpan pause = FirstPause; ;)
            {
                long from = TimeProvider.System.GetTimestamp();
                Exception why = await _triggers!.Broken.WaitAsync(_stop.Token);
                readiness.RunsTriggers = false;
                _triggers.Close();
                log.LogCritical(why, "A trigger broke: {Reason}. No trigger runs until all have restarted", why.Message);
                pause = await ReplaceAsync(TimeProvider.System.GetElapsedTime(from) > SoundFor ? FirstPause : pause);
                log.LogWarning("Triggers run again");
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host is stopping.
        }
        catch (Exception failure)
        {
            log.LogCritical(failure, "Triggers cannot be restarted: {Reason}", failure.Message);
            _ended.TrySetResult();
        }
    }

    /// <summary>Tries until new triggers are running. Returns the next pause.</summary>
    private async Task<TimeSpan> ReplaceAsync(TimeSpan pause)
    {
        while (true)
        {
            await Task.Delay(pause, _stop.Token);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, MaxPause.Ticks));
            // The Durable extension stops only if it can release its partitions.
            if (!await HostStorage.AnswersAsync(storage, _stop.Token))
                continue;
            await EndAsync();
            if (await name.IsHeldAsync() && await TryStartNewAsync())
                return pause;
        }
    }

    private async Task<bool> TryStartNewAsync()
    {
        try
        {
            await StartNewAsync();
            return true;
        }
        catch (Exception failure)
        {
            _triggers?.Close();
            log.LogError(failure, "Triggers did not start: {Reason}", failure.Message);
            return false;
        }
    }

    /// <summary>Stops triggers that broke or did not start. Parts that failed before fail here again.</summary>
    private async Task EndAsync()
    {
        if (_triggers is not { } triggers)
            return;
        // A host that did not start cannot be stopped; draining stops its listeners.
        foreach (Func<Task> step in (Func<Task>[])[triggers.StopAsync, triggers.DrainAsync, () => Task.Run(triggers.Dispose)])
        {
            Task ended = step();
            await ended.WaitAsync(EndLimit, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Token.ThrowIfCancellationRequested();
            if (!ended.IsCompleted)
                throw new TimeoutException($"The broken triggers did not stop within {EndLimit}.");
            if (ended.IsFaulted)
                log.LogDebug(ended.Exception, "A part of the broken triggers did not stop cleanly");
        }
        _triggers = null;
    }

    private async Task<bool> TryAsync(Task task)
    {
        try
        {
            await task.WaitAsync(StopLimit);
            return true;
        }
        catch (Exception failure)
        {
            log.LogWarning("Triggers did not stop cleanly: {Reason}", failure.Message);
            return false;
        }
    }
}
