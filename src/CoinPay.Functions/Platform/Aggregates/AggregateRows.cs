using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>
/// The rows that every aggregate has. Those of the timeline and the ledger sort before the outbox, and all that a decision needs
/// sorts from there on: an aggregate's parts have keys after <c>outbox!</c>.
/// </summary>
internal static class AggregateRows
{
    public const string SnapshotKey = "snapshot";
    public const string EventPrefix = "event!";
    public const string LinePrefix = "line!";

    /// <summary>What a decision needs of a partition, as OData.</summary>
    public static string StateOf(string partition) =>
        TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {Outbox.Prefix}");

    public static string EventKey(int version) => $"{EventPrefix}{version:D7}";

    /// <summary>An event's row of the timeline. <paramref name="lastHash"/> is the hash before it, and the event's own after.</summary>
    public static TableEntity Event<TEvent>(string partition, int version, TEvent happened, ref string lastHash)
        where TEvent : class, IDomainEvent
    {
        string text = StoredJson.Write(happened);
        lastHash = Timeline.Hash(lastHash, version, text);
        return new(partition, EventKey(version))
        {
            ["Type"] = WireName.In(happened),
            ["At"] = happened.At,
            ["Json"] = text,
            ["Hash"] = lastHash,
        };
    }

    public static TimelineRow<TEvent> ReadEvent<TEvent>(TableEntity row) => new(
        int.Parse(row.RowKey.AsSpan(EventPrefix.Length)),
        StoredJson.Read<TEvent>(row.GetString("Json")),
        row.GetString("Json"),
        row.GetString("Hash"));

    public static IEnumerable<TableEntity> Lines(string partition, int version, IEnumerable<Posting> postings, DateTimeOffset at) =>
        postings.Select((posting, index) => new TableEntity(partition, $"{LinePrefix}{version:D7}.{index}")
        {
            ["Source"] = posting.Source,
            ["Destination"] = posting.Destination,
            ["AssetId"] = posting.AssetId,
            ["Amount"] = posting.Amount.ToString(),
            ["At"] = at,
        });
}
