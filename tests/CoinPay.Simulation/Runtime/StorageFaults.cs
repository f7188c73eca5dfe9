using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace CoinPay.Simulation.Runtime;

/// <summary>Faults of the running process's storage calls: death of the process, a call delayed behind others, or a refusal.</summary>
internal sealed class CallFaults(VirtualTime time, Dice dice)
{
    private static readonly TimeSpan CallTime = TimeSpan.FromMilliseconds(1);

    /// <summary>Each world its own: what waits for it is kept as long as it is.</summary>
    private readonly Task _never = new TaskCompletionSource().Task;

    private readonly List<(AppProcess Process, TaskCompletionSource Gate)> _waiting = [];
    private TaskCompletionSource? _paused;

    /// <summary>Probabilities for each call.</summary>
    public double Slow { get; set; }

    public double Refused { get; set; }

    /// <summary>The process dies at this call from now, before its effect or after; null: it does not.</summary>
    public int? DiesAt { get; set; }

    public bool DiesAfterEffect { get; set; }

    /// <summary>A process and its call from now at which it is paused, before the call's effect; null: none is.</summary>
    public (AppProcess Process, int Call)? PausesAt { get; set; }

    /// <summary>Called when a fault occurs.</summary>
    public Action<Fault> Struck { get; set; } = static _ => { };

    /// <summary>Until the call goes on; never, if the process dies before.</summary>
    public async Task BeforeAsync(AppProcess process)
    {
        await TurnAsync(process).ConfigureAwait(false);
        if (process.IsDead)
            await _never.ConfigureAwait(false);
    }

    public Task AfterAsync(AppProcess process)
    {
        if (process.IsDead)
            return _never;
        return DiesAt <= 0 ? Die(process) : Task.CompletedTask;
    }

    /// <summary>Releases any one of the waiting calls; returns false if there is none.</summary>
    public bool LetOneGoOn()
    {
        _waiting.RemoveAll(waiting => waiting.Process.IsDead);
        if (_waiting.Count == 0)
            return false;
        int index = dice.Below(_waiting.Count);
        TaskCompletionSource gate = _waiting[index].Gate;
        _waiting.RemoveAt(index);
        gate.SetResult();
        return true;
    }

    /// <summary>Lets a paused process go on.</summary>
    public void GoOn(AppProcess process)
    {
        process.Flow.IsPaused = false;
        TaskCompletionSource? gate = _paused;
        _paused = null;
        gate?.SetResult();
    }

    private Task TurnAsync(AppProcess process)
    {
        if (process.IsDead)
            return _never;
        time.Pass(CallTime);
        if (PausesAt is { } pause && pause.Process == process)
        {
            PausesAt = pause.Call > 1 ? (process, pause.Call - 1) : null;
            if (PausesAt is null)
                return PauseAsync(process);
        }
        if (DiesAt is { } left && (DiesAt = left - 1) <= 0 && !DiesAfterEffect)
            return Die(process);
        if (Refused > 0 && dice.Chance(Refused))
        {
            Struck(Fault.StorageRefusal);
            return Task.FromException(new RequestFailedException(503, "The server is busy.", "ServerBusy", null));
        }
        if (Slow == 0 || !dice.Chance(Slow))
            return Task.CompletedTask;
        Struck(Fault.SlowStorage);
        TaskCompletionSource gate = new();
        _waiting.Add((process, gate));
        return gate.Task;
    }

    private Task PauseAsync(AppProcess process)
    {
        process.Flow.IsPaused = true;
        _paused = new();
        return _paused.Task;
    }

    private Task Die(AppProcess process)
    {
        DiesAt = null;
        Struck(DiesAfterEffect ? Fault.CrashAfterEffect : Fault.CrashBeforeEffect);
        process.Kill();
        return _never;
    }
}

/// <summary>One process's access to storage: its calls can be slow, and end with it.</summary>
internal sealed class ProcessTransport(HttpPipelineTransport storage, AppProcess process, CallFaults faults) : HttpPipelineTransport
{
    public override Request CreateRequest() => storage.CreateRequest();

    public override void Process(HttpMessage message) => throw new NotSupportedException("The app never calls storage synchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message)
    {
        await faults.BeforeAsync(process).ConfigureAwait(false);
        await storage.ProcessAsync(message).ConfigureAwait(false);
        await faults.AfterAsync(process).ConfigureAwait(false);
    }
}
