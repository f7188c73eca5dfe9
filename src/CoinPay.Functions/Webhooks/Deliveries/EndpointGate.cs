namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Lets at most <see cref="MaxInFlight"/> deliveries of this process through to one endpoint at a time, and knows which
/// endpoints are slow. A few may wait a moment for an endpoint that answers quickly; all others come back later rather
/// than wait and hold up others. The count is each process's own: for all processes together it would cost two writes
/// a delivery, and a merchant's endpoint that cannot take two calls from each instance says so with 429 and
/// <c>Retry-After</c>.
/// </summary>
internal sealed class EndpointGate(TimeProvider clock)
{
    public const int MaxInFlight = 2;

    /// <summary>An endpoint that takes longer to answer is slow, until it answers quickly again.</summary>
    public static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(2);

    /// <summary>So many wait here for one endpoint, each so long: a message that is put off returns no sooner than a second.</summary>
    private const int MaxWaiting = 8;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Traffic> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// A pass to be disposed of after the delivery, at once or within a <see cref="Moment"/>; null when the endpoint has
    /// enough to do.
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

    /// <summary>Whether nobody else would be let in, or come to a turn in a <see cref="Moment"/>.</summary>
    public bool IsFull(string endpointId)
    {
        lock (_lock)
            return _known.TryGetValue(endpointId, out Traffic? traffic) && HasEnough(traffic);
    }

    /// <summary>Whether its last answer, or one that is still to come, took longer than <see cref="SlowAfter"/>.</summary>
    public bool IsSlow(string endpointId)
    {
        lock (_lock)
            return _known.TryGetValue(endpointId, out Traffic? traffic) && Latency(traffic) > SlowAfter;
    }

    /// <summary>
    /// When to come back, by how long the endpoint takes and how many were told so before: a thousand messages for one
    /// dead endpoint do not all return every second.
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

        /// <summary>Whose turn is next; who waited in vain stays until somebody leaves.</summary>
        public Queue<TaskCompletionSource<Pass?>> Waiting { get; } = [];

        public TimeSpan LastLatency { get; set; }

        /// <summary>When all that were told to come back will have had their turn.</summary>
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
