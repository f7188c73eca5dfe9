using System.Security.Cryptography;
using Azure.Data.Tables;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>
/// <c>Idempotency-Key</c> for every POST but an invoice's creation, whose answer stands with the invoice: the first answer
/// is kept for 24 hours, sealed as it may hold a secret, and sent again byte for byte. The row is inserted before anything is done and holds the id that will be made, so that a
/// request repeated after a crash makes the same thing, once.
/// </summary>
internal sealed class Idempotency(Tables tables, SecretBox box, RandomNumberGenerator random, TimeProvider clock)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotent-Replayed";
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private const int MaxKeyLength = 255;
    private const int MaxErased = 20_000;
    private const int AtOnce = 16;

    /// <summary>
    /// A request that has not answered after so long has died with its process; another may take its place.
    /// </summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The header's value, null without it; throws a 400 problem when it is not 1 to 255 visible ASCII characters.
    /// </summary>
    public static string? KeyOf(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
            return null;
        string key = values.ToString();
        return key.Length is >= 1 and <= MaxKeyLength && key.All(c => c is > ' ' and <= '~')
            ? key
            : throw new ProblemException(Problems.InvalidIdempotencyKey);
    }

    /// <summary>Does the work once for a key; without the header, simply does it.</summary>
    /// <param name="request">Has the header or not.</param>
    /// <param name="caller">Whose key it is: a merchant's id, or <c>operator</c>; and which call.</param>
    /// <param name="body">The body, a JSON object: one with another meaning under the same key is refused.</param>
    /// <param name="idPrefix">Prefix of the id of what is made.</param>
    /// <param name="work">Makes it under the id it is given. May run again with the same id after a crash.</param>
    /// <param name="cancellation">Ends waiting.</param>
    public async Task<JsonAnswer> RunAsync(
        HttpRequest request,
        (string Owner, string Call) caller,
        ReadOnlyMemory<byte> body,
        string idPrefix,
        Func<string, Task<JsonAnswer>> work,
        CancellationToken cancellation)
    {
        if (KeyOf(request) is not { } key)
            return await work(Id.New(idPrefix, clock.GetUtcNow(), random));
        string hash = Key.Hash(caller.Call + "\n" + key);
        TableEntity row = new(Key.Of("secret", caller.Owner, hash[..2]), hash)
        {
            ["BodyHash"] = IdempotencyStore.BodyHash(body),
            ["MadeId"] = Id.New(idPrefix, clock.GetUtcNow(), random),
            ["LeaseEndsAt"] = clock.GetUtcNow() + Lease,
            ["CreatedAt"] = clock.GetUtcNow(),
        };
        if (await tables.Idempotency.TryAddTaggedAsync(row, cancellation) is { } tag)
            row.ETag = tag;
        else
        {
            (TableEntity taken, JsonAnswer? answered) = await TakeOverAsync(row, cancellation);
            if (answered is not null)
                return answered;
            row = taken;
        }
        return await FinishAsync(row, work, cancellation);
    }

    /// <summary>Deletes rows that have been kept long enough, at most <see cref="MaxErased"/>; tells how many.</summary>
    public async Task<int> EraseOldAsync(CancellationToken cancellation)
    {
        DateTimeOffset old = clock.GetUtcNow() - Kept;
        string filter = TableClient.CreateQueryFilter($"CreatedAt lt {old}");
        int erased = 0;
        await foreach (Azure.Page<TableEntity> page in tables.Idempotency.RowsAsync(filter, cancellation).AsPages())
        {
            await Parallel.ForEachAsync(
                page.Values,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
                async (row, token) => await tables.Idempotency.DeleteEntityAsync(
                    row.PartitionKey, row.RowKey, row.ETag, token));
            erased += page.Values.Count;
            if (erased >= MaxErased)
                break;
        }
        return erased;
    }

    private async Task<JsonAnswer> FinishAsync(
        TableEntity row, Func<string, Task<JsonAnswer>> work, CancellationToken cancellation)
    {
        JsonAnswer answer;
        try
        {
            answer = await work(row.GetString("MadeId"));
        }
        catch (ProblemException)
        {
            // What was refused was not done: nothing is kept, and the key is free again.
            await tables.Idempotency.TryDeleteAsync(row, cancellation);
            throw;
        }
        row["Status"] = answer.Status;
        row["Answer"] = await box.SealAsync(row.RowKey, answer.Body, cancellation);
        // Whoever took the place of this request meanwhile has the one answer.
        return await tables.Idempotency.TryReplaceAsync(row, row.ETag, cancellation)
            ? answer
            : throw new ProblemException(Problems.IdempotencyInFlight(Shortly));
    }

    private async Task<(TableEntity Row, JsonAnswer? Answered)> TakeOverAsync(
        TableEntity mine, CancellationToken cancellation)
    {
        TableEntity? stored = await tables.Idempotency.FindAsync(mine.PartitionKey, mine.RowKey, cancellation);
        if (stored is null)
            throw new ProblemException(Problems.IdempotencyInFlight(Shortly));
        DateTimeOffset now = clock.GetUtcNow();
        if (stored.GetDateTimeOffset("CreatedAt") + Kept <= now)
            return await ReplaceAsync(mine, stored, cancellation);
        if (stored.GetString("BodyHash") != mine.GetString("BodyHash"))
            throw new ProblemException(Problems.IdempotencyKeyReused);
        if (stored.GetBinary("Answer") is { } sealedAnswer)
            return (stored, await ReplayAsync(stored, sealedAnswer, cancellation));
        TimeSpan left = stored.GetDateTimeOffset("LeaseEndsAt")!.Value - now;
        if (left > TimeSpan.Zero)
            throw new ProblemException(Problems.IdempotencyInFlight(left));
        mine["MadeId"] = stored.GetString("MadeId");
        mine["CreatedAt"] = stored.GetDateTimeOffset("CreatedAt");
        return await ReplaceAsync(mine, stored, cancellation);
    }

    private async Task<(TableEntity Row, JsonAnswer? Answered)> ReplaceAsync(
        TableEntity mine, TableEntity stored, CancellationToken cancellation) =>
        await tables.Idempotency.TryReplaceTaggedAsync(mine, stored.ETag, cancellation) is { } tag
            ? (Tagged(mine, tag), null)
            : throw new ProblemException(Problems.IdempotencyInFlight(Shortly));

    private static TableEntity Tagged(TableEntity row, Azure.ETag tag)
    {
        row.ETag = tag;
        return row;
    }

    private async Task<JsonAnswer> ReplayAsync(TableEntity stored, byte[] sealedAnswer, CancellationToken cancellation)
    {
        byte[] body = await box.OpenAsync(stored.RowKey, sealedAnswer, cancellation);
        return new JsonAnswer(stored.GetInt32("Status")!.Value, body).With(ReplayedHeader, "true");
    }
}
