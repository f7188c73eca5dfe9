using System.Text.Json.Serialization;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>The status of a replay.</summary>
internal enum ReplayStatus
{
    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>The endpoint was disabled before the replay finished.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>
/// A repeated delivery, batch by batch and newest first, of every event in a time range that the endpoint's filters
/// accept. It is stored in the endpoint's row, together with its progress.
/// </summary>
/// <param name="Id"><c>rep_…</c>.</param>
/// <param name="Since">First instant of the range.</param>
/// <param name="Until">Last instant of the range.</param>
/// <param name="CreatedAt">When it was requested.</param>
/// <param name="Status">Whether it is still running.</param>
/// <param name="After">The row of <c>Events</c> to continue after; null before the first batch.</param>
/// <param name="Events">The number of events queued for redelivery so far.</param>
/// <param name="FinishedAt">When it finished or was cancelled.</param>
internal sealed record Replay(
    string Id,
    DateTimeOffset Since,
    DateTimeOffset Until,
    DateTimeOffset CreatedAt,
    ReplayStatus Status = ReplayStatus.Running,
    string? After = null,
    int Events = 0,
    DateTimeOffset? FinishedAt = null);

/// <summary>A replay as responses show it; <paramref name="Events"/> counts the events queued for redelivery.</summary>
internal sealed record ReplayDocument(
    string Id,
    string Object,
    string EndpointId,
    ReplayStatus Status,
    DateTimeOffset Since,
    DateTimeOffset Until,
    int Events,
    DateTimeOffset CreatedAt,
    DateTimeOffset? FinishedAt)
{
    public static ReplayDocument Of(string endpointId, Replay replay) => new(
        replay.Id, "webhook_replay", endpointId, replay.Status, replay.Since, replay.Until, replay.Events,
        replay.CreatedAt, replay.FinishedAt);
}
