using System.Globalization;
using System.Text;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// Keys of the hub's rows. A partition is an instance; its rows sort as history, inbox, state.
/// </summary>
internal static class HubKeys
{
    public const string State = "state";
    public const string HistoryPrefix = "history!";
    public const string InboxPrefix = "inbox!";
    public const string RunningPartition = "running";
    public const string OwnerPartition = "owner";

    /// <summary>An instance id as a key: what keys may not hold (<c>/ \ # ?</c>, control characters) becomes <c>~</c> and four hex digits.</summary>
    public static string Partition(string instanceId)
    {
        StringBuilder key = new(instanceId.Length);
        foreach (char c in instanceId)
            if (c is '/' or '\\' or '#' or '?' or '~' || char.IsControl(c))
                key.Append(CultureInfo.InvariantCulture, $"~{(int)c:x4}");
            else
                key.Append(c);
        return key.ToString();
    }

    public static string History(int generation, int sequence) => $"{HistoryPrefix}{generation:D6}!{sequence:D6}";

    public static bool IsHistoryOf(int generation, string rowKey) =>
        rowKey.StartsWith($"{HistoryPrefix}{generation:D6}!", StringComparison.Ordinal);

    public static bool IsInbox(string rowKey) => rowKey.StartsWith(InboxPrefix, StringComparison.Ordinal);

    /// <summary>Sorts by arrival; the counter keeps the order within one tick.</summary>
    public static string Inbox(DateTimeOffset at, long counter) =>
        $"{InboxPrefix}{at.UtcTicks:D19}!{counter:D10}!{Guid.NewGuid():N}";

    public static string Running(string instanceId, string executionId) => $"{Partition(instanceId)}!{executionId}";
}
