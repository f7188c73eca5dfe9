using System.Text.Json.Serialization;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>Where a replay stands.</summary>
internal enum ReplayStatus
{
    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>The endpoint was disabled before the end.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>
/// Delivers again to an endpoint every event of a range of time that its filters take, batch by batch, newest first. It
/// stands in the endpoint's row, which says how far it has come.
/// </summary>
/// <param name="Id"><c>rep_…</c>.</param>
/// <param name="Since">First instant of the range.</param>
/// <param name="Until">Last instant of the range.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="Status">Whether it goes on.</param>
/// <param name="After">The row of <c>Events</c> after which to go on; null before the first batch.</param>
/// <param name="Events">So many are being delivered again so far.</param>
/// <param name="FinishedAt">When it ended.</param>
internal sealed record Replay(
    string Id,
    DateTimeOffset Since,
    DateTimeOffset Until,
    DateTimeOffset CreatedAt,
    ReplayStatus Status = ReplayStatus.Running,
    string? After = null,
    int Events = 0,
    DateTimeOffset? FinishedAt = null);

/// <summary>A replay as answers show it; <paramref name="Events"/> counts those that are being delivered again.</summary>
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
