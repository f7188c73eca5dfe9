using Microsoft.DurableTask;

namespace CoinPay.Embedded.Durable;

/// <summary>
/// Who waits for which event, and which events nobody has taken yet. The latest waiter gets the event, as in the published SDK;
/// one that was cancelled is passed over.
/// </summary>
internal sealed class EventWaiters(DataConverter converter)
{
    private readonly Dictionary<string, Stack<IWaiter>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly LinkedList<HistoryEvent> _untaken = new();

    private interface IWaiter
    {
        bool IsOver { get; }

        void Take(string? payload);
    }

    /// <summary>True while somebody waits.</summary>
    public bool Any => _waiters.Values.Any(stack => stack.Any(waiter => !waiter.IsOver));

    /// <summary>In the order of their arrival.</summary>
    public IEnumerable<HistoryEvent> Untaken => _untaken;

    public Task<T> Wait<T>(string name, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<T>(cancellation);
        Waiter<T> waiter = new(converter, cancellation);
        HistoryEvent? early = _untaken.FirstOrDefault(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
        if (early is not null)
        {
            _untaken.Remove(early);
            waiter.Take(early.Input);
        }
        else
        {
            if (!_waiters.TryGetValue(name, out Stack<IWaiter>? stack))
                _waiters.Add(name, stack = new());
            stack.Push(waiter);
        }
        return waiter.Task;
    }

    public void Raise(HistoryEvent raised)
    {
        if (_waiters.TryGetValue(raised.Name!, out Stack<IWaiter>? stack))
            while (stack.TryPop(out IWaiter? waiter))
                if (!waiter.IsOver)
                {
                    waiter.Take(raised.Input);
                    return;
                }
        _untaken.AddLast(raised);
    }

    private sealed class Waiter<T> : IWaiter
    {
        private readonly TaskCompletionSource<T> _source = new();
        private readonly DataConverter _converter;

        public Waiter(DataConverter converter, CancellationToken cancellation)
        {
            _converter = converter;
            cancellation.Register(() => _source.TrySetCanceled(cancellation));
        }

        public Task<T> Task => _source.Task;

        public bool IsOver => _source.Task.IsCompleted;

        /// <summary>A payload that is no <typeparamref name="T"/> fails the waiter, not the engine.</summary>
        public void Take(string? payload)
        {
            T? value;
            try
            {
                value = _converter.Deserialize<T>(payload);
            }
            catch (Exception unreadable)
            {
                _source.TrySetException(unreadable);
                return;
            }
            _source.TrySetResult(value!);
        }
    }
}
