using System.Globalization;
using Azure;
using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Http;
using CoinPay.Functions.Stores;

namespace CoinPay.Functions.Webhooks;

/// <summary>Where a delivery stands.</summary>
internal enum DeliveryStatus
{
    /// <summary>To be tried at <see cref="Delivery.NextAttemptAt"/>.</summary>
    Pending,

    /// <summary>The endpoint answered 2xx.</summary>
    Delivered,

    /// <summary>The whole schedule failed, or the endpoint answered 410.</summary>
    Dead,

    /// <summary>The endpoint was deleted or disabled before it succeeded.</summary>
    Cancelled,
}

/// <summary>
/// One event on its way to one endpoint. This row is the truth; messages on the queues only hint at it.
/// </summary>
internal sealed record Delivery
{
    public required DeliveryAddress Address { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>When to try next; nothing is sent before.</summary>
    public required DateTimeOffset NextAttemptAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Oldest first; at most as many as the schedule has delays.</summary>
    public IReadOnlyList<DeliveryAttempt> Attempts { get; init; } = [];

    public ETag Tag { get; init; }

    public TableEntity ToRow()
    {
        TableEntity row = new(Address.Partition, Address.EventId)
        {
            ["Status"] = Status.ToString(),
            ["NextAttemptAt"] = NextAttemptAt,
            ["CreatedAt"] = CreatedAt,
            ["Attempts"] = Attempts.Count,
        };
        foreach ((int index, DeliveryAttempt attempt) in Attempts.Index())
            row[AttemptProperty(index)] = Json.Text(attempt);
        return row;
    }

    public static Delivery FromRow(DeliveryAddress address, TableEntity row) => new()
    {
        Address = address,
        Status = Enum.Parse<DeliveryStatus>(row.GetString("Status")),
        NextAttemptAt = row.GetDateTimeOffset("NextAttemptAt")!.Value,
        CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
        Attempts = [.. Enumerable.Range(0, row.GetInt32("Attempts")!.Value)
            .Select(index => Json.Read<DeliveryAttempt>(row.GetString(AttemptProperty(index))))],
        Tag = row.ETag,
    };

    /// <summary>After one more attempt: delivered, dead, or due again by the schedule.</summary>
    /// <param name="attempt">How it went.</param>
    /// <param name="jitter">A random number in 0..1.</param>
    public Delivery After(DeliveryAttempt attempt, double jitter)
    {
        Delivery tried = this with { Attempts = [.. Attempts, attempt] };
        if (attempt.Succeeded)
            return tried with { Status = DeliveryStatus.Delivered };
        if (attempt.Gone || DeliverySchedule.DelayAfter(tried.Attempts.Count) is not { } delay)
            return tried with { Status = DeliveryStatus.Dead };
        DateTimeOffset ended = attempt.At + TimeSpan.FromMilliseconds(attempt.LatencyMs);
        return tried with { NextAttemptAt = ended + DeliverySchedule.Wait(delay, attempt.RetryAfter, jitter) };
    }

    private static string AttemptProperty(int index) =>
        "Attempt" + (index + 1).ToString("00", CultureInfo.InvariantCulture);
}

/// <summary>Which delivery: the text of a queue message.</summary>
internal sealed record DeliveryAddress(string MerchantId, string EndpointId, string EventId)
{
    public string Partition => Key.Of(MerchantId, EndpointId);

    public override string ToString() => Key.Of(MerchantId, EndpointId, EventId);

    /// <summary>Null for a message that this gateway did not write.</summary>
    public static DeliveryAddress? Parse(string message) =>
        message.Split('!') is [var merchant, var endpoint, var happened]
        && Id.IsWellFormed("mer", merchant) && Id.IsWellFormed("whe", endpoint) && Id.IsWellFormed("evt", happened)
            ? new(merchant, endpoint, happened)
            : null;
}

/// <summary>How one POST went.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="LatencyMs">Until the answer's head, or until it failed.</param>
/// <param name="Status">The HTTP status, null when there was no answer.</param>
/// <param name="Answer">The first KiB of the answer as text, or why there was none.</param>
/// <param name="RetryAfterSeconds">What the answer asked for.</param>
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
