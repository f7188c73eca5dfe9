namespace CoinPay.Testing.Hub;

/// <summary>
/// A queue that outlives the processes that read it. What a process takes is hidden, not gone: the process deletes it, releases it,
/// or dies, and then it comes back.
/// </summary>
internal sealed class HubQueue(TimeProvider time)
{
    /// <summary>How long the backend hides what it takes. A minute is the least that it accepts.</summary>
    public static readonly TimeSpan VisibilityTimeout = TimeSpan.FromMinutes(1);

    /// <summary>A process that works on a message for longer renews its lease this often.</summary>
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromSeconds(30);

    /// <summary>The backend waits 2^n seconds after the n-th attempt, and never longer than this.</summary>
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromMinutes(10);

    private readonly List<QueuedMessage> _visible = [];
    private readonly List<QueuedMessage> _taken = [];
    private long _count;

    /// <summary>Called whenever a message becomes visible; null while no process listens.</summary>
    public Action? Arrived { get; set; }

    /// <summary>The messages that a process can take now, in the order in which they became visible.</summary>
    public IReadOnlyList<QueuedMessage> Visible => _visible;

    public void Put(HubMessage message, TimeSpan delay = default) => Hide(new(++_count, message), delay);

    public void Take(QueuedMessage message)
    {
        _visible.Remove(message);
        _taken.Add(message);
        message.DequeueCount++;
        message.TakenAt = time.GetUtcNow();
    }

    /// <summary>Deletes a taken message, unless another process now holds it.</summary>
    public void Delete(QueuedMessage message) => _taken.Remove(message);

    /// <summary>Returns a taken message to the queue; the delay grows with each attempt.</summary>
    public void Release(QueuedMessage message)
    {
        if (_taken.Remove(message))
            Hide(message, Backoff(message.DequeueCount));
    }

    /// <summary>The process that listened is dead: what it had taken comes back when the last lease of each message ends.</summary>
    public void Abandon()
    {
        Arrived = null;
        DateTimeOffset now = time.GetUtcNow();
        foreach (QueuedMessage message in _taken)
        {
            long renewals = (now - message.TakenAt).Ticks / RenewalInterval.Ticks;
            Hide(message, message.TakenAt + (RenewalInterval * renewals) + VisibilityTimeout - now);
        }
        _taken.Clear();
    }

    private static TimeSpan Backoff(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(Math.Pow(2, attempts), MaxBackoff.TotalSeconds));

    private void Hide(QueuedMessage message, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
            Show(message);
        else
            message.Alarm = time.CreateTimer(_ => Show(message), null, delay, Timeout.InfiniteTimeSpan);
    }

    private void Show(QueuedMessage message)
    {
        message.Alarm?.Dispose();
        message.Alarm = null;
        _visible.Add(message);
        Arrived?.Invoke();
    }
}

/// <summary>A message and its state in the queue.</summary>
internal sealed class QueuedMessage(long number, HubMessage message)
{
    public long Number => number;

    public HubMessage Message => message;

    /// <summary>The number of times it was taken.</summary>
    public int DequeueCount { get; set; }

    public DateTimeOffset TakenAt { get; set; }

    /// <summary>Makes it visible; kept here so that nothing collects it.</summary>
    public ITimer? Alarm { get; set; }
}
