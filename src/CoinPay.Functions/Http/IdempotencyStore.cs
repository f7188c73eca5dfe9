using System.Security.Cryptography;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Http;

/// <summary>What a request with an Idempotency-Key may do.</summary>
/// <param name="ResourceId">The id that the first request with this key chose; every later one works on the same.</param>
internal abstract record IdempotencyClaim(string ResourceId);

/// <summary>The caller goes on: it is the first, or the one before it has not answered in time.</summary>
/// <param name="Tag">The row's tag, for <see cref="IdempotencyStore.RenewAsync"/>.</param>
internal sealed record Granted(string ResourceId, bool IsFirst, ETag Tag) : IdempotencyClaim(ResourceId);

/// <summary>Another request is at it, or was until a crash; if it has no answer yet, ask again after a moment.</summary>
internal sealed record InFlight(string ResourceId, TimeSpan RetryAfter) : IdempotencyClaim(ResourceId);

/// <summary>The key stands for another body.</summary>
internal sealed record Reused(string ResourceId) : IdempotencyClaim(ResourceId);

/// <summary>One row an Idempotency-Key: which body it stands for, and which id was chosen. The answer stands with the resource.</summary>
internal sealed class IdempotencyStore(Tables tables, TimeProvider clock)
{
    /// <summary>A request that has not answered by then is taken for dead; its successor does the same work on the same id.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    /// <summary>Claims a key for a body, with the id to use if nobody did before.</summary>
    public async Task<IdempotencyClaim> ClaimAsync(
        string owner, string operation, string idempotencyKey, string bodyHash, string newId, CancellationToken cancellation)
    {
        TableEntity row = RowOf(owner, operation, idempotencyKey);
        row["BodyHash"] = bodyHash;
        row["ResourceId"] = newId;
        row["LeasedUntil"] = clock.GetUtcNow() + Lease;
        row["CreatedAt"] = clock.GetUtcNow();
        try
        {
            Response added = await tables.Idempotency.AddEntityAsync(row, cancellation);
            return new Granted(newId, IsFirst: true, added.Headers.ETag!.Value);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            return await ClaimAgainAsync(row, bodyHash, cancellation);
        }
    }

    /// <summary>The id that a key stands for with this body; null when it stands for none, or for another body.</summary>
    public async Task<string?> FindAsync(
        string owner, string operation, string idempotencyKey, string bodyHash, CancellationToken cancellation)
    {
        TableEntity wanted = RowOf(owner, operation, idempotencyKey);
        TableEntity? row = await tables.Idempotency.FindAsync(wanted.PartitionKey, wanted.RowKey, cancellation);
        return row?.GetString("BodyHash") == bodyHash ? row.GetString("ResourceId") : null;
    }

    /// <summary>
    /// Puts a new id under a claim whose request died long ago without making anything: ids tell the time, and what is
    /// made under an old one would be taken for old. False when another request was faster.
    /// </summary>
    public async Task<bool> RenewAsync(
        string owner, string operation, string idempotencyKey, Granted claim, string newId, CancellationToken cancellation)
    {
        TableEntity row = RowOf(owner, operation, idempotencyKey);
        row["ResourceId"] = newId;
        try
        {
            await tables.Idempotency.UpdateEntityAsync(row, claim.Tag, TableUpdateMode.Merge, cancellation);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 404 or 412)
        {
            return false;
        }
    }

    /// <summary>SHA-256 of the body with names sorted and white space left out, so that only its meaning counts.</summary>
    public static string BodyHash(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        using MemoryStream canonical = new();
        using (Utf8JsonWriter writer = new(canonical))
            WriteCanonical(document.RootElement, writer);
        return Convert.ToHexStringLower(SHA256.HashData(canonical.ToArray()));
    }

    private async Task<IdempotencyClaim> ClaimAgainAsync(TableEntity wanted, string bodyHash, CancellationToken cancellation)
    {
        TableEntity row = (await tables.Idempotency.GetEntityAsync<TableEntity>(
            wanted.PartitionKey, wanted.RowKey, cancellationToken: cancellation)).Value;
        string resourceId = row.GetString("ResourceId");
        if (row.GetString("BodyHash") != bodyHash)
            return new Reused(resourceId);
        TimeSpan left = row.GetDateTimeOffset("LeasedUntil")!.Value - clock.GetUtcNow();
        if (left > TimeSpan.Zero)
            return new InFlight(resourceId, left);
        row["LeasedUntil"] = clock.GetUtcNow() + Lease;
        try
        {
            Response updated = await tables.Idempotency.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellation);
            return new Granted(resourceId, IsFirst: false, updated.Headers.ETag!.Value);
        }
        catch (RequestFailedException taken) when (taken.Status == 412)
        {
            return new InFlight(resourceId, Lease);
        }
    }

    private static TableEntity RowOf(string owner, string operation, string idempotencyKey)
    {
        string rowKey = Key.Hash(operation + "\n" + idempotencyKey);
        return new(Key.Of(owner, rowKey[..2]), rowKey);
    }

    private static void WriteCanonical(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty field in element.EnumerateObject().OrderBy(field => field.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(field.Name);
                    WriteCanonical(field.Value, writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in element.EnumerateArray())
                    WriteCanonical(item, writer);
                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }
}
