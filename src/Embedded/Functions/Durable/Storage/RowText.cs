using System.Text.Json;
using Azure.Data.Tables;
using Microsoft.DurableTask;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>
/// Long texts in rows: a property holds 64 KiB of UTF-16, so a longer text is cut into several; one too long for its row stands in a
/// blob, of which the row holds the name (<see cref="PayloadRows"/>).
/// </summary>
internal static class RowText
{
    /// <summary>Four such texts fit an entity's 1 MiB, and with each character as six bytes of JSON a transaction's 4 MiB.</summary>
    public const int MaxInRow = 64_000;

    private const string Parts = "Parts";
    private const int PartLength = 32_000;
    private const int InBlob = -1;

    /// <summary>Puts a text under a name, <c>Name</c>, <c>Name_1</c>, …; null is put as zero parts, so that a merge forgets an earlier text.</summary>
    public static void Put(TableEntity row, string name, string? text)
    {
        if (text?.Length > MaxInRow)
        {
            row[name + Parts] = InBlob;
            row[name] = text;
            return;
        }
        int parts = text is null ? 0 : Math.Max(1, (text.Length + PartLength - 1) / PartLength);
        row[name + Parts] = parts;
        for (int i = 0; i < parts; i++)
            row[Part(name, i)] = text!.Substring(i * PartLength, Math.Min(PartLength, text.Length - (i * PartLength)));
    }

    public static string? Get(TableEntity row, string name) => row.GetInt32(name + Parts) switch
    {
        null or 0 => null,
        1 or InBlob => row.GetString(name),
        int parts => string.Concat(Enumerable.Range(0, parts).Select(i => row.GetString(Part(name, i)))),
    };

    /// <summary>The properties whose texts belong in blobs, or stand there.</summary>
    public static IReadOnlyList<string> InBlobs(TableEntity row) =>
        [.. row.Where(property => property.Value is InBlob && property.Key.EndsWith(Parts, StringComparison.Ordinal))
            .Select(property => property.Key[..^Parts.Length])];

    /// <summary>How much text a transaction would hold of this row.</summary>
    public static int CharactersInRow(TableEntity row) =>
        row.Sum(property => property.Value is string { Length: <= MaxInRow } text ? text.Length : 0);

    public static void PutFailure(TableEntity row, string name, TaskFailureDetails? failure) =>
        Put(row, name, failure is null ? null : JsonSerializer.Serialize(failure));

    /// <summary>Null too while the failure's text is only a reference.</summary>
    public static TaskFailureDetails? GetFailure(TableEntity row, string name) =>
        Get(row, name) is ['{', ..] json ? JsonSerializer.Deserialize<TaskFailureDetails>(json) : null;

    private static string Part(string name, int index) => index == 0 ? name : $"{name}_{index}";
}
