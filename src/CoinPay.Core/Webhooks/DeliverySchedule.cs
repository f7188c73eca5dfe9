namespace CoinPay.Core;

/// <summary>When a failed webhook is retried. Eighteen attempts over 10.7 days.</summary>
public static class DeliverySchedule
{
    /// <summary>The wait before each attempt, including the first.</summary>
    public static IReadOnlyList<TimeSpan> Delays { get; } =
    [
        TimeSpan.Zero,
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        .. Enumerable.Repeat(TimeSpan.FromHours(24), 10),
    ];

    /// <summary>The longest <c>Retry-After</c> of an endpoint that is respected.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    /// <summary>
    /// A wait varies by up to this fraction in either direction, so that deliveries that failed together do not return
    /// together.
    /// </summary>
    private const double Jitter = 0.1;

    /// <summary>Returns the wait after this many failed attempts; null if the schedule is over.</summary>
    public static TimeSpan? DelayAfter(int attempts)
    {
        Assert.That(attempts >= 1);
        return attempts < Delays.Count ? Delays[attempts] : null;
    }

    /// <summary>
    /// Returns the wait with jitter, and at least what the endpoint asked for, up to <see cref="LongestRetryAfter"/>.
    /// </summary>
    /// <param name="delay">The wait from the schedule.</param>
    /// <param name="retryAfter">The endpoint's <c>Retry-After</c>, if any.</param>
    /// <param name="random">A number in 0..1 that sets the jitter.</param>
    public static TimeSpan Wait(TimeSpan delay, TimeSpan? retryAfter, double random)
    {
        Assert.That(random is >= 0 and <= 1);
        TimeSpan varied = delay * (1 - Jitter + 2 * Jitter * random);
        TimeSpan asked = retryAfter ?? TimeSpan.Zero;
        TimeSpan heeded = asked < LongestRetryAfter ? asked : LongestRetryAfter;
        return varied > heeded ? varied : heeded;
    }
}
