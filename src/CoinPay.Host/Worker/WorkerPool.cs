using CoinPay.Host.App;

namespace CoinPay.Host.Worker;

/// <summary>The worker that is ready, if there is one: at most one at a time, and another after it has ended.</summary>
internal sealed class WorkerPool
{
    private readonly TaskCompletionSource<IReadOnlyList<Function>> _functions = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private TaskCompletionSource<WorkerStream> _ready = NewReady();

    /// <summary>Called when the stream to the worker has ended, so that it can do no more work.</summary>
    public Action? Lost { get; set; }

    /// <summary>The app's functions, when its first worker is ready; fails with <see cref="StartException"/> if it cannot be.</summary>
    public Task<IReadOnlyList<Function>> Functions => _functions.Task;

    /// <summary>Null while there is none.</summary>
    public WorkerStream? Current
    {
        get
        {
            lock (_lock)
                return _ready.Task.IsCompleted ? _ready.Task.Result : null;
        }
    }

    /// <summary>The worker, when there is one; throws <see cref="TimeoutException"/> if there is none in time.</summary>
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
        Lost?.Invoke();
    }

    /// <summary>The app cannot be run as it is.</summary>
    public void Refuse(StartException why) => _functions.TrySetException(why);

    private static TaskCompletionSource<WorkerStream> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
