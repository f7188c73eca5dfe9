using System.Text.Json;
using Azure.Data.Tables;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>Long texts in rows: a property holds 64 KiB of UTF-16, so a longer text is cut into several.</summary>
internal static class RowText
{
    private const int PartLength = 32_000;

    /// <summary>Puts a text under a name, <c>Name</c>, <c>Name_1</c>, …; null is put as zero parts, so that a merge forgets an earlier text.</summary>
    public static void Put(TableEntity row, string name, string? text)
    {
        int parts = text is null ? 0 : Math.Max(1, (text.Length + PartLength - 1) / PartLength);
        row[name + "Parts"] = parts;
        for (int i = 0; i < parts; i++)
            row[Part(name, i)] = text!.Substring(i * PartLength, Math.Min(PartLength, text.Length - (i * PartLength)));
    }

    public static string? Get(TableEntity row, string name) => row.GetInt32(name + "Parts") switch
    {
        null or 0 => null,
        1 => row.GetString(name),
        int parts => string.Concat(Enumerable.Range(0, parts).Select(i => row.GetString(Part(name, i)))),
    };

    public static void PutFailure(TableEntity row, string name, TaskFailureDetails? failure) =>
        Put(row, name, failure is null ? null : JsonSerializer.Serialize(failure));

    public static TaskFailureDetails? GetFailure(TableEntity row, string name) =>
        Get(row, name) is { } json ? JsonSerializer.Deserialize<TaskFailureDetails>(json) : null;

    private static string Part(string name, int index) => index == 0 ? name : $"{name}_{index}";
}
