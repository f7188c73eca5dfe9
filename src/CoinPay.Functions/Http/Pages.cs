using System.Buffers.Text;
using System.Text;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>Paging of lists: reads <c>?limit=</c> (1 to 100, default 20) and <c>?cursor=</c>, and writes the answer.</summary>
internal static class Pages
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int MaxCursorLength = 512;

    /// <summary>Reads the query. Throws a 400 problem if the limit or the cursor is invalid.</summary>
    public static Paging Of(HttpRequest request)
    {
        string? limitText = request.Query["limit"];
        string? cursor = request.Query["cursor"];
        int limit = DefaultLimit;
        if (limitText is not null && (!int.TryParse(limitText, out limit) || limit is < 1 or > MaxLimit))
            throw new ProblemException(Problems.InvalidRequest($"limit must be a whole number from 1 to {MaxLimit}."));
        return new(limit, cursor is null ? null : Decode(cursor));
    }

    /// <summary>
    /// Returns the items and the cursor for those after <paramref name="last"/>, which is null on the last page.
    /// </summary>
    public static JsonAnswer Answer<T>(IReadOnlyList<T> items, string? last) =>
        JsonAnswer.Ok(new { data = items, next_cursor = CursorOf(last) });

    /// <summary>Returns the cursor for the items after a row key; null for null.</summary>
    public static string? CursorOf(string? last) => last is null ? null : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    private static string Decode(string cursor)
    {
        Span<byte> bytes = stackalloc byte[MaxCursorLength];
        if (cursor.Length is 0 or > MaxCursorLength
            || !Base64Url.IsValid(cursor)
            || !Base64Url.TryDecodeFromChars(cursor, bytes, out int length)
            || bytes[..length].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw new ProblemException(Problems.InvalidRequest("cursor must be the next_cursor of a list."));
        return Encoding.ASCII.GetString(bytes[..length]);
    }
}
