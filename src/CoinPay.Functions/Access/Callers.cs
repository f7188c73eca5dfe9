using System.Diagnostics;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;

namespace CoinPay.Functions.Access;

/// <summary>An authenticated caller: the merchant, the key and its scopes.</summary>
internal sealed record Caller(string MerchantId, string KeyId, bool Livemode, Scope Scopes)
{
    /// <summary>
    /// The owner of an Idempotency-Key: a merchant's test keys never get a response given to its live keys, or vice versa.
    /// </summary>
    public string IdempotencyOwner => Livemode ? MerchantId : MerchantId + "-test";
}

/// <summary>
/// Authenticates a call or throws its problem: 401 for a missing or invalid key (never saying why), 403 for a valid key
/// that is not allowed to make the call.
/// </summary>
internal sealed class Callers(ApiKeyStore keys, Operators operators, RequestLimits limits, AuditLog audit)
{
    /// <summary>The operators, used in place of a merchant's id or key; also the name of the one without a name.</summary>
    public const string Operator = "operator";

    /// <summary>The attribute of a call's span that says who makes it.</summary>
    public const string OperatorTag = "coinpay.operator";

    private const string Scheme = "Bearer ";
    private const int MaxKeyLength = 512;

    /// <summary>Requires a merchant's key that has <paramref name="scope"/>.</summary>
    public async Task<Caller> RequireMerchantAsync(HttpRequest request, Scope scope, CancellationToken cancellation)
    {
        string key = BearerOf(request);
        Caller? caller = await FindCallerAsync(key, cancellation);
        if (caller is null && await operators.FindAsync(key, cancellation) is not null)
            throw new ProblemException(Problems.Forbidden("This call requires a merchant's key, not the operator's."));
        if (caller is null)
            throw new ProblemException(Problems.Unauthorized);
        limits.TakeOfKey(caller.KeyId);
        return caller.Scopes.HasFlag(scope)
            ? caller
            : throw new ProblemException(
                Problems.Forbidden("The key lacks the scope " + string.Join(", ", Access.Scopes.Write(scope)) + "."));
    }

    /// <summary>Requires the operator's key, and records the call in the audit log before it does anything.</summary>
    public async Task RequireOperatorAsync(HttpRequest request, CancellationToken cancellation)
    {
        string key = BearerOf(request);
        if (await operators.FindAsync(key, cancellation) is { } name)
        {
            limits.TakeOfKey(name);
            Activity.Current?.SetTag(OperatorTag, name);
            await audit.BeginAsync(request.HttpContext, name, cancellation);
            return;
        }
        throw new ProblemException(await FindCallerAsync(key, cancellation) is null
            ? Problems.Unauthorized
            : Problems.Forbidden("This call requires the operator's key."));
    }

    private static string BearerOf(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header is not null
            && header.Length <= MaxKeyLength
            && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? header[Scheme.Length..].Trim()
            : throw new ProblemException(Problems.Unauthorized);
    }

    private async Task<Caller?> FindCallerAsync(string key, CancellationToken cancellation)
    {
        if (ApiKeyText.Parse(key) is not { } text || await keys.FindAsync(text, cancellation) is not { } stored)
            return null;
        return new(stored.MerchantId, stored.Key.Id, stored.Key.Livemode, stored.Key.Scopes);
    }
}
