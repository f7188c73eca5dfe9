namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Allows at most <see cref="MaxInFlight"/> concurrent deliveries from this process to an endpoint, and tracks which
/// endpoints are slow. A few deliveries can wait briefly for an endpoint that responds quickly; all others come back
/// later so that they do not hold up the queue. Each process counts on its own: a shared count would cost two writes
/// per delivery, and an endpoint that cannot take two calls from each instance can return 429 with
/// <c>Retry-After</c>.
/// </summary>
internal sealed class EndpointGate(TimeProvider clock)
{
    public const int MaxInFlight = 2;

    /// <summary>An endpoint that takes longer to respond is slow until it responds quickly again.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Limits how many deliveries wait for one endpoint, and for how long: a postponed message takes at least a second to
    /// return.
    /// </summary>
    private const int MaxWaiting = 8;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Traffic> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns a pass to dispose after the delivery, at once or within a <see cref="Moment"/>; returns null if the endpoint
    /// is busy.
    /// </summary>
    public async ValueTask<IDisposable?> EnterAsync(string endpointId, CancellationToken cancellation)
    {
        TaskCompletionSource<Pass?> turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_known.TryGetValue(endpointId, out Traffic? traffic))
                _known[endpointId] = traffic = new();
            if (traffic.Began.Count < MaxInFlight)
                return Begin(endpointId, traffic);
            if (HasEnough(traffic))
                return null;
            traffic.Waiting.Enqueue(turn);
        }
        await using ITimer over = clock.CreateTimer(
            _ => turn.TrySetResult(null), null, Moment, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration given = cancellation.Register(() => turn.TrySetCanceled(cancellation));
        return await turn.Task;
    }

    /// <summary>Returns true if no other delivery can enter now or within a <see cref="Moment"/>.</summary>
    public bool IsFull(string endpointId)
    {
        lock (_lock)
            return _known.TryGetValue(endpointId, out Traffic? traffic) && HasEnough(traffic);
    }

    /// <summary>Returns true if its last response or a pending one took longer than <see cref="SlowAfter"/>.</summary>
    public bool IsSlow(string endpointId)
    {
        lock (_lock)
            return _known.TryGetValue(endpointId, out Traffic? traffic) && Latency(traffic) > SlowAfter;
    }

    /// <summary>
    /// Returns how long to wait, depending on the endpoint's latency and the number of deliveries already waiting: a thousand
    /// messages for one dead endpoint do not all return every second.
    /// </summary>
    public TimeSpan WaitFor(string endpointId)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(endpointId, out Traffic? traffic))
                return ShortestWait;
            DateTimeOffset now = clock.GetUtcNow();
            DateTimeOffset free = (traffic.FreeAt > now ? traffic.FreeAt : now) + Latency(traffic) / MaxInFlight;
            traffic.FreeAt = free < now + LongestWait ? free : now + LongestWait;
            TimeSpan wait = traffic.FreeAt - now;
            return wait > ShortestWait ? wait : ShortestWait;
        }
    }

    private void Leave(Pass pass)
    {
        lock (_lock)
        {
            Traffic traffic = _known[pass.EndpointId];
            traffic.Began.Remove(pass.Began);
            traffic.LastLatency = clock.GetElapsedTime(pass.Began);
            while (traffic.Began.Count < MaxInFlight && traffic.Waiting.TryDequeue(out TaskCompletionSource<Pass?>? turn))
            {
                Pass next = Begin(pass.EndpointId, traffic);
                if (!turn.TrySetResult(next))
                    traffic.Began.Remove(next.Began);
            }
            if (traffic.Began.Count == 0 && traffic.LastLatency <= SlowAfter)
                _known.Remove(pass.EndpointId);
        }
    }

    private Pass Begin(string endpointId, Traffic traffic)
    {
        Pass pass = new(this, endpointId, clock.GetTimestamp());
        traffic.Began.Add(pass.Began);
        return pass;
    }

    private bool HasEnough(Traffic traffic) =>
        traffic.Began.Count >= MaxInFlight && (traffic.Waiting.Count >= MaxWaiting || Latency(traffic) > Moment);

    private TimeSpan Latency(Traffic traffic)
    {
        TimeSpan longest = traffic.LastLatency;
        foreach (long began in traffic.Began)
            if (clock.GetElapsedTime(began) is var since && since > longest)
                longest = since;
        return longest;
    }

    private sealed class Traffic
    {
        /// <summary>Timestamps of the deliveries in flight.</summary>
        public List<long> Began { get; } = [];

        /// <summary>The deliveries waiting in order; one that timed out stays until another leaves.</summary>
        public Queue<TaskCompletionSource<Pass?>> Waiting { get; } = [];

        public TimeSpan LastLatency { get; set; }

        /// <summary>When all postponed deliveries will have had their turn.</summary>
        public DateTimeOffset FreeAt { get; set; }
    }

    private sealed class Pass(EndpointGate gate, string endpointId, long began) : IDisposable
    {
        private bool _left;

        public string EndpointId => endpointId;

        public long Began => began;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, true))
                return;
            gate.Leave(this);
        }
    }
}
