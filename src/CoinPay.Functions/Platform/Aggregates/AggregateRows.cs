using Azure.Data.Tables;
using CoinPay.Core;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Platform.Aggregates;

/// <summary>
/// The rows that every aggregate has. Timeline and ledger rows sort before the outbox, and everything that a decision needs sorts
/// at or after it: the keys of an aggregate's parts come after <c>outbox!</c>.
/// </summary>
internal static class AggregateRows
{
    public const string SnapshotKey = "snapshot";
    public const string EventPrefix = "event!";
    public const string LinePrefix = "line!";

    /// <summary>Returns the OData filter for the rows of a partition that a decision needs.</summary>
    public static string StateOf(string partition) =>
        TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {Outbox.Prefix}");

    public static string EventKey(int version) => $"{EventPrefix}{version:D7}";

    /// <summary>Creates an event's timeline row. <paramref name="lastHash"/> goes in as the previous hash and out as the event's.</summary>
    public static TableEntity Event<TEvent>(string partition, int version, TEvent happened, ref string lastHash)
        where TEvent : class, IDomainEvent
    {
        string text = StoredJson.Write(happened);
        lastHash = Timeline.Hash(lastHash, version, text);
        TableEntity row = new(partition, EventKey(version))
        {
            ["Type"] = WireName.In(happened),
            ["At"] = happened.At,
            ["Hash"] = lastHash,
        };
        row.SetLong("Json", text);
        return row;
    }

    public static TimelineRow<TEvent> ReadEvent<TEvent>(TableEntity row) => new(
        int.Parse(row.RowKey.AsSpan(EventPrefix.Length)),
        StoredJson.Read<TEvent>(row.GetLongString("Json")),
        row.GetLongString("Json"),
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
