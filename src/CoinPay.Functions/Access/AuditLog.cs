using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Azure.Data.Tables;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Access;

/// <summary>
/// The log of operators' calls: one row before a call does anything, and one with its result. Rows are only ever added, and each is
/// archived where nobody can delete it.
/// A call without a result is one whose process died. Of a request, only its method, its path and the SHA-256 of its body
/// are stored.
/// </summary>
internal sealed class AuditLog(
    Tables tables, AuditArchive archive, GatewaySettings settings, RandomNumberGenerator random, TimeProvider clock)
{
    private const string EndSuffix = "!end";
    private const int MaxPathLength = 1024;

    private static readonly object CallItem = new();

    /// <summary>Adds the call's first row, under the operator's name. If that fails, the call is refused.</summary>
    public async Task BeginAsync(HttpContext http, string by, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string id = Id.New("aud", now, random);
        IPAddress client = ClientAddress.Of(http, settings.TrustedProxies);
        string path = TextLength.Cut(http.Request.Path.Value ?? "", MaxPathLength);
        string method = http.Request.Method, address = client.ToString(), requestId = AuditMiddleware.RequestIdOf(http);
        await tables.Audit.AddEntityAsync(
            new TableEntity(MonthOf(now), Id.NewestFirst(id))
            {
                ["Id"] = id,
                ["At"] = now,
                ["By"] = by,
                ["Address"] = address,
                ["Method"] = method,
                ["Path"] = path,
                ["RequestId"] = requestId,
            },
            cancellation);
        http.Items[CallItem] = id;
        await archive.AppendAsync(new { id, part = "begin", at = now, by, address, method, path, requestId }, cancellation);
    }

    /// <summary>Adds the result of a call that <see cref="BeginAsync"/> recorded; does nothing for other calls.</summary>
    public async Task EndAsync(HttpContext http, int status, CancellationToken cancellation)
    {
        if (http.Items[CallItem] is not string id)
            return;
        DateTimeOffset endedAt = clock.GetUtcNow();
        string? bodyHash = RequestBody.ReadOf(http) is { Length: > 0 } body ? Convert.ToHexStringLower(SHA256.HashData(body)) : null;
        await tables.Audit.AddEntityAsync(
            new TableEntity(MonthOf(Id.TimeOf(id)), Id.NewestFirst(id) + EndSuffix)
            {
                ["Id"] = id,
                ["EndedAt"] = endedAt,
                ["Status"] = status,
                ["BodyHash"] = bodyHash,
            },
            cancellation);
        await archive.AppendAsync(new { id, part = "end", endedAt, status, bodySha256 = bodyHash }, cancellation);
    }

    /// <summary>Returns a page of a month's calls, newest first, and the row key to continue after.</summary>
    /// <param name="month">A month such as <c>2026-11</c>.</param>
    /// <param name="paging">The page to read.</param>
    /// <param name="cancellation">Cancels waiting.</param>
    public async Task<(IReadOnlyList<AuditEntry> Calls, string? Last)> ReadAsync(
        string month, Paging paging, CancellationToken cancellation)
    {
        // A call has up to two adjacent rows; a cursor points behind both.
        Paging rowsWanted = new(paging.Limit * 2, paging.After is { } after ? after + EndSuffix : null);
        (IReadOnlyList<TableEntity> rows, string? more) = await tables.Audit.PageAsync(month, rowsWanted, cancellation);
        List<TableEntity> begun = [.. rows.Where(row => !row.RowKey.EndsWith(EndSuffix, StringComparison.Ordinal))];
        Dictionary<string, TableEntity> ends = rows.Except(begun).ToDictionary(row => row.GetString("Id"));
        List<TableEntity> page = [.. begun.Take(paging.Limit)];
        foreach (string id in page.Select(row => row.GetString("Id")).Where(id => !ends.ContainsKey(id)))
            if (await tables.Audit.FindAsync(month, Id.NewestFirst(id) + EndSuffix, cancellation) is { } end)
                ends[id] = end;
        string? last = begun.Count > page.Count || more is not null ? page[^1].RowKey : null;
        return ([.. page.Select(row => AuditEntry.Of(row, ends.GetValueOrDefault(row.GetString("Id"))))], last);
    }

    /// <summary>Returns the partition for an instant.</summary>
    public static string MonthOf(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>An operator's call in a response.</summary>
/// <param name="Id"><c>aud_…</c>.</param>
/// <param name="Object">Always <c>audit_entry</c>.</param>
/// <param name="By">The name of the operator whose key was used; <c>operator</c> for the key without a name.</param>
/// <param name="Address">The client's address.</param>
/// <param name="At">When the call arrived.</param>
/// <param name="Method">Such as <c>POST</c>.</param>
/// <param name="Path">Without the query.</param>
/// <param name="RequestId">The invocation's id, as in the log.</param>
/// <param name="Status">The response's status; null for a call that is in progress or whose process died.</param>
/// <param name="EndedAt">When the call was answered.</param>
/// <param name="BodySha256">Hex SHA-256 of the raw body; null without one.</param>
internal sealed record AuditEntry(
    string Id, string Object, string By, string Address, DateTimeOffset At, string Method, string Path, string RequestId,
    int? Status, DateTimeOffset? EndedAt, [property: System.Text.Json.Serialization.JsonPropertyName("body_sha256")] string? BodySha256)
{
    public static AuditEntry Of(TableEntity begun, TableEntity? end) => new(
        begun.GetString("Id"),
        "audit_entry",
        begun.GetString("By"),
        begun.GetString("Address"),
        begun.GetDateTimeOffset("At")!.Value,
        begun.GetString("Method"),
        begun.GetString("Path"),
        begun.GetString("RequestId"),
        end?.GetInt32("Status"),
        end?.GetDateTimeOffset("EndedAt"),
        end?.GetString("BodyHash"));
}
