namespace CoinPay.Embedded.Durable;

/// <summary>
/// The one thread of an orchestrator's turn: what is posted runs in order on the thread that drains, and nowhere else. A post from
/// another thread means that the code awaits something other than its context's tasks.
/// </summary>
internal sealed class OrchestrationThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>True once something came back on a thread that is not the orchestrator's.</summary>
    public bool WasLeft { get; private set; }

    /// <summary>Throws if the caller is not on the orchestrator's thread, or is there no more.</summary>
    public void Check()
    {
        if (Current == this && Environment.CurrentManagedThreadId == _thread)
            return;
        WasLeft = true;
        throw new InvalidOperationException("An orchestrator's context was used outside of the orchestrator's own thread.");
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (Environment.CurrentManagedThreadId == _thread)
            _posted.Enqueue((d, state));
        else
            WasLeft = true;
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs an action and all that it sets off.</summary>
    public void Run(Action action)
    {
        SynchronizationContext? before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
            while (_posted.TryDequeue(out (SendOrPostCallback Callback, object? State) next))
                next.Callback(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
