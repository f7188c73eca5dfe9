namespace CoinPay.Embedded.Durable;

/// <summary>Counts what is under way, so that a stop can wait for it.</summary>
internal sealed class WorkCount
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>False once closed.</summary>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_closed)
                return false;
            _count++;
            return true;
        }
    }

    public void End()
    {
        lock (_gate)
            if (--_count == 0 && _closed)
                _idle.TrySetResult();
    }

    /// <summary>Lets nothing new begin; completes when what is under way has ended.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_count == 0)
                _idle.TrySetResult();
        }
        return _idle.Task;
    }
}
