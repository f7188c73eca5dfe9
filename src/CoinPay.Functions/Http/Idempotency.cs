using System.Security.Cryptography;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Http;

/// <summary>
/// Runs a POST once per <see cref="IdempotencyKey"/> and returns the first answer again, byte for byte. The answer is stored with
/// the claim, sealed because it may contain a secret; the answer to an invoice's creation is stored with the invoice instead.
/// </summary>
internal sealed class Idempotency(IdempotencyStore claims, SecretBox box, RandomNumberGenerator random, TimeProvider clock)
{
    /// <summary>Longer than any work but that of calls that bring a longer one.</summary>
    private static readonly TimeSpan DefaultLease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Shortly = TimeSpan.FromSeconds(1);

    /// <summary>Does the work once per key; without the header, always does it.</summary>
    /// <param name="request">The request, with or without the header.</param>
    /// <param name="caller">Who owns the key (a merchant's id or <c>operator</c>), and the call.</param>
    /// <param name="body">The body, a JSON object. A body with a different meaning under the same key is refused.</param>
    /// <param name="idPrefix">The id prefix of the object to create.</param>
    /// <param name="work">Creates the object with the given id. Can run again with the same id after a crash.</param>
    /// <param name="lease">Longer than the work ever takes, if that can be half a minute.</param>
    /// <param name="cancellation">Cancels waiting.</param>
    public async Task<JsonAnswer> RunAsync(
        HttpRequest request,
        (string Owner, string Call) caller,
        ReadOnlyMemory<byte> body,
        string idPrefix,
        Func<string, Task<JsonAnswer>> work,
        TimeSpan? lease,
        CancellationToken cancellation)
    {
        string newId = Id.New(idPrefix, clock.GetUtcNow(), random);
        if (IdempotencyKey.Of(request, caller.Owner, caller.Call) is not { } key)
            return await work(newId);
        return await claims.ClaimAsync(key, body, newId, lease ?? DefaultLease, cancellation) switch
        {
            Granted granted => await FinishAsync(key, granted, work, cancellation),
            Answered answered => await ReplayAsync(key, answered, cancellation),
            InFlight other => throw new ProblemException(Problems.IdempotencyInFlight(other.RetryAfter)),
            _ => throw new ProblemException(Problems.IdempotencyKeyReused),
        };
    }

    private async Task<JsonAnswer> FinishAsync(
        IdempotencyKey key, Granted claim, Func<string, Task<JsonAnswer>> work, CancellationToken cancellation)
    {
        JsonAnswer answer;
        try
        {
            answer = await work(claim.ResourceId);
        }
        catch (ProblemException unfinished) when (unfinished.MayHaveActed)
        {
            await claims.EndLeaseAsync(key, claim, cancellation);
            throw;
        }
        catch (ProblemException)
        {
            await claims.ReleaseAsync(key, claim, cancellation);
            throw;
        }
        byte[] sealedAnswer = await box.SealAsync(key.Row().RowKey, answer.Body, cancellation);
        // Another request has taken over the claim in the meantime; it has the answer.
        return await claims.AnswerAsync(key, claim, answer.Status, sealedAnswer, cancellation)
            ? answer
            : throw new ProblemException(Problems.IdempotencyInFlight(Shortly));
    }

    private async Task<JsonAnswer> ReplayAsync(IdempotencyKey key, Answered claim, CancellationToken cancellation)
    {
        byte[] body = await box.OpenAsync(key.Row().RowKey, claim.Sealed, cancellation);
        return new JsonAnswer(claim.Status, body).With(IdempotencyKey.ReplayedHeader, "true");
    }
}
