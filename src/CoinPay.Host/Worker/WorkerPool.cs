using CoinPay.Host.App;

namespace CoinPay.Host.Worker;

/// <summary>The worker that is ready, if any: at most one at a time, and another after it has ended.</summary>
internal sealed class WorkerPool
{
    private readonly TaskCompletionSource<IReadOnlyList<Function>> _functions = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource<WorkerStream> _ready = NewReady();

    /// <summary>Raised when the stream to the worker has ended, so that it can do no more work.</summary>
    public event EventHandler? Lost;

    /// <summary>
    /// Completes with the app's functions when its first worker is ready; fails with <see cref="StartException"/> if none can be.
    /// </summary>
    public Task<IReadOnlyList<Function>> Functions => _functions.Task;

    /// <summary>The ready worker, or null.</summary>
    public WorkerStream? Current
    {
        get
        {
            lock (_lock)
                return _ready.Task.IsCompleted ? _ready.Task.Result : null;
        }
    }

    /// <summary>Waits for a ready worker; throws <see cref="TimeoutException"/> if there is none in time.</summary>
    public Task<WorkerStream> WaitAsync(TimeSpan limit, CancellationToken cancellation)
    {
        lock (_lock)
            return _ready.Task.WaitAsync(limit, cancellation);
    }

    public void Add(WorkerStream stream, IReadOnlyList<Function> functions)
    {
        lock (_lock)
        {
            if (_ready.Task.IsCompleted)
                _ready = NewReady();
            _ready.SetResult(stream);
        }
        _functions.TrySetResult(functions);
    }

    public void Remove(WorkerStream stream)
    {
        lock (_lock)
            if (_ready.Task.IsCompleted && ReferenceEquals(_ready.Task.Result, stream))
                _ready = NewReady();
        Lost?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Reports that the app cannot run.</summary>
    public void Refuse(StartException why) => _functions.TrySetException(why);

    private static TaskCompletionSource<WorkerStream> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
