using Azure.Data.Tables;
using CoinPay.Core;

namespace CoinPay.Functions.Platform.Storage;

/// <summary>
/// Values that hostile text can make longer than one property (64 KiB; text counts in UTF-16): the first part has the plain
/// name, the others <c>name_1</c>, <c>name_2</c> and so on. Usually there is only the first.
/// Source: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
/// </summary>
internal static class LongValues
{
    private const int PartCharacters = 32_000;
    private const int PartBytes = 64_000;

    /// <summary>A row holds 1 MiB; this leaves room for its other properties.</summary>
    private const int MaxParts = 15;

    public static void SetLong(this TableEntity row, string name, string text)
    {
        int part = 0, start = 0;
        do
        {
            int end = Math.Min(start + PartCharacters, text.Length);
            // Half a character is not valid in UTF-8, and so would be lost on the way.
            if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
                end--;
            row[NameOf(name, part++)] = text[start..end];
            start = end;
        }
        while (start < text.Length);
    }

    public static void SetLong(this TableEntity row, string name, byte[] bytes)
    {
        int part = 0;
        do
            row[NameOf(name, part)] = bytes.AsSpan(part * PartBytes, Math.Min(PartBytes, bytes.Length - (part * PartBytes))).ToArray();
        while (++part * PartBytes < bytes.Length);
    }

    /// <summary>Returns null if the row has no such value.</summary>
    public static string? FindLongString(this TableEntity row, string name) =>
        row.ContainsKey(name) ? string.Concat(Parts(row, name).Select(part => (string)row[part])) : null;

    public static string GetLongString(this TableEntity row, string name) =>
        row.FindLongString(name) ?? throw new BugException($"row {row.RowKey} has no {name}");

    /// <summary>Returns null if the row has no such value.</summary>
    public static byte[]? FindLongBinary(this TableEntity row, string name) =>
        row.ContainsKey(name) ? [.. Parts(row, name).SelectMany(part => row.GetBinary(part))] : null;

    private static IEnumerable<string> Parts(TableEntity row, string name) =>
        Enumerable.Range(0, MaxParts).Select(part => NameOf(name, part)).TakeWhile(row.ContainsKey);

    private static string NameOf(string name, int part)
    {
        Core.Assert.That(part < MaxParts);
        return part == 0 ? name : $"{name}_{part}";
    }
}
