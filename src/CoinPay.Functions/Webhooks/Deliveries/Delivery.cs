using System.Globalization;
using System.Text.Json.Serialization;
using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>The status of a delivery.</summary>
internal enum DeliveryStatus
{
    /// <summary>The next attempt is at <see cref="Delivery.NextAttemptAt"/>.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The endpoint returned 2xx.</summary>
    [JsonStringEnumMemberName("delivered")]
    Delivered,

    /// <summary>The whole schedule failed, or the endpoint returned 410.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead,

    /// <summary>The endpoint was deleted or disabled before it succeeded.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>
/// One event on its way to one endpoint. This row is the source of truth; queue messages are only hints.
/// </summary>
internal sealed record Delivery
{
    public required DeliveryAddress Address { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>The time of the next attempt; nothing is sent before.</summary>
    public required DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>When it was started or restarted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What the event is about: <see cref="GatewayEvent.Subject"/>.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// Oldest first: the last <see cref="EarlierAttempts"/> attempts of earlier schedules, followed by those of the
    /// current schedule.
    /// </summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    public int EarlierAttempts { get; init; }

    /// <summary>The number of attempts ever made, including those no longer kept.</summary>
    public int AttemptsEver { get; init; }

    /// <summary>When the endpoint last returned 2xx for this event.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>The redelivery or replay that restarted it.</summary>
    public string? RestartedBy { get; init; }

    /// <summary>When the first attempt of the current schedule was made; null before it.</summary>
    public DateTimeOffset? BeganAt => Attempts.Count > EarlierAttempts ? Attempts[EarlierAttempts].At : null;

    public ETag Tag { get; init; }

    public TableEntity ToRow()
    {
        TableEntity row = new(Address.Partition, Address.EventId)
        {
            ["Status"] = WireName.Of(Status),
            ["NextAttemptAt"] = NextAttemptAt,
            ["CreatedAt"] = CreatedAt,
            ["Subject"] = Subject,
            ["Attempts"] = Attempts.Count,
            ["EarlierAttempts"] = EarlierAttempts,
            ["AttemptsEver"] = AttemptsEver,
            ["DeliveredAt"] = DeliveredAt,
            ["RestartedBy"] = RestartedBy,
        };
        foreach ((int index, DeliveryAttempt attempt) in Attempts.Index())
            row[AttemptProperty(index)] = Json.Text(attempt);
        return row;
    }

    public static Delivery FromRow(DeliveryAddress address, TableEntity row) => new()
    {
        Address = address,
        Status = WireName.Read<DeliveryStatus>(row.GetString("Status")),
        NextAttemptAt = row.GetDateTimeOffset("NextAttemptAt")!.Value,
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        Attempts = [.. Enumerable.Range(0, row.GetInt32("Attempts")!.Value)
            .Select(index => Json.Read<DeliveryAttempt>(row.GetString(AttemptProperty(index))))],
        Subject = row.GetString("Subject"),
        EarlierAttempts = row.GetInt32("EarlierAttempts") ?? 0,
        AttemptsEver = row.GetInt32("AttemptsEver") ?? row.GetInt32("Attempts")!.Value,
        DeliveredAt = row.GetDateTimeOffset("DeliveredAt"),
        RestartedBy = row.GetString("RestartedBy"),
        Tag = row.ETag,
    };

    /// <summary>Returns the delivery after one more attempt: delivered, dead, or due again by the schedule.</summary>
    /// <param name="attempt">How it went.</param>
    /// <param name="jitter">A random number from 0 to 1.</param>
    public Delivery After(DeliveryAttempt attempt, double jitter)
    {
        Delivery tried = this with { Attempts = [.. Attempts, attempt], AttemptsEver = AttemptsEver + 1 };
        if (attempt.Succeeded)
            return tried with { Status = DeliveryStatus.Delivered, DeliveredAt = attempt.At };
        if (attempt.Gone || DeliverySchedule.DelayAfter(tried.Attempts.Count - EarlierAttempts) is not { } delay)
            return tried with { Status = DeliveryStatus.Dead };
        DateTimeOffset ended = attempt.At + TimeSpan.FromMilliseconds(attempt.LatencyMs);
        return tried with { NextAttemptAt = ended + DeliverySchedule.Wait(delay, attempt.RetryAfter, jitter) };
    }

    /// <summary>Returns a new delivery that is due at once.</summary>
    public static Delivery New(DeliveryAddress address, string subject, DateTimeOffset at) => new()
    {
        Address = address,
        Status = DeliveryStatus.Pending,
        NextAttemptAt = at,
        CreatedAt = at,
        Subject = subject,
    };

    /// <summary>Returns the delivery due at once on a new schedule; keeps the latest earlier attempts.</summary>
    public Delivery Restarted(string by, DateTimeOffset now)
    {
        IReadOnlyList<DeliveryAttempt> kept = [.. Attempts.TakeLast(DeliverySchedule.Delays.Count)];
        return this with
        {
            Status = DeliveryStatus.Pending,
            NextAttemptAt = now,
            CreatedAt = now,
            Attempts = kept,
            EarlierAttempts = kept.Count,
            RestartedBy = by,
        };
    }

    private static string AttemptProperty(int index) =>
        "Attempt" + (index + 1).ToString("00", CultureInfo.InvariantCulture);
}

/// <summary>How one POST went.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="LatencyMs">Milliseconds until the response headers arrived or the attempt failed.</param>
/// <param name="Status">The HTTP status; null if there was no response.</param>
/// <param name="Answer">The first KiB of the response as text, or why there was none.</param>
/// <param name="RetryAfterSeconds">The response's <c>Retry-After</c>.</param>
internal sealed record DeliveryAttempt(
    DateTimeOffset At, int LatencyMs, int? Status, string Answer, int? RetryAfterSeconds)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool Succeeded => Status is >= 200 and < 300;

    [System.Text.Json.Serialization.JsonIgnore]
    public bool Gone => Status == 410;

    [System.Text.Json.Serialization.JsonIgnore]
    public TimeSpan? RetryAfter => RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
