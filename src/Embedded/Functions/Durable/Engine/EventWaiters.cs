using Microsoft.DurableTask;

namespace CoinPay.Embedded.Durable;

/// <summary>
/// Who waits for which event, and which events nobody has taken yet. The latest waiter gets the event, as in the published SDK;
/// one that was cancelled is passed over.
/// </summary>
internal sealed class EventWaiters(DataConverter converter)
{
    private readonly Dictionary<string, Stack<TaskCompletionSource<string?>>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<HistoryEvent> _untaken = new();

    /// <summary>True while somebody waits.</summary>
    public bool Any => _waiters.Values.Any(stack => stack.Any(waiter => !waiter.Task.IsCompleted));

    /// <summary>In the order of their arrival.</summary>
    public IEnumerable<HistoryEvent> Untaken => _untaken;

    /// <summary>A payload that is no <typeparamref name="T"/> fails the waiter, not the engine.</summary>
    public async Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        HistoryEvent? early = _untaken.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
        if (early is not null)
        {
            _untaken.Remove(early);
            return converter.Deserialize<T>(early.Input)!;
        }
        TaskCompletionSource<string?> waiter = new();
        cancellation.Register(() => waiter.TrySetCanceled(cancellation));
        if (!_waiters.TryGetValue(name, out Stack<TaskCompletionSource<string?>>? stack))
            _waiters.Add(name, stack = new());
        stack.Push(waiter);
        return converter.Deserialize<T>(await waiter.Task)!;
    }

    public void Raise(HistoryEvent raised)
    {
        if (_waiters.TryGetValue(raised.Name!, out Stack<TaskCompletionSource<string?>>? stack))
            while (stack.TryPop(out TaskCompletionSource<string?>? waiter))
                if (waiter.TrySetResult(raised.Input))
                    return;
        _untaken.AddLast(raised);
    }
}
