namespace CoinPay.Simulation.Runtime;

/// <summary>
/// All that a process does, on one thread, in one order. Whatever goes on after an await waits here until it is run. What is
/// completed from outside (storage, timers) must be completed with no context set: else code that asked not to come back to
/// its context would go to the thread pool, and the run would not replay.
/// </summary>
internal sealed class Flow : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>The process has died: none of its code runs any more.</summary>
    public bool IsOver { get; private set; }

    /// <summary>The process stands still: neither its code runs nor its timers fire.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Where something came back on another thread, if it did: then the run cannot be trusted to replay.</summary>
    public string? Strayed { get; private set; }

    public void End()
    {
        IsOver = true;
        _ready.Clear();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            Strayed = Environment.StackTrace;
        else if (!IsOver)
            _ready.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs until the first await that has to wait.</summary>
    public T Within<T>(Func<T> begin)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            return begin();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Runs ready continuations in order; returns false if there were none.</summary>
    public bool Run()
    {
        bool any = false;
        while (!IsPaused && _ready.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
        {
            any = true;
            _ = Within(() =>
            {
                next.Callback(next.State);
                return true;
            });
        }
        return any;
    }
}
