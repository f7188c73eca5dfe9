using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary>
/// <c>POST /v1/merchants/{id}/api-keys</c>: creates another key, shown only this once. <c>livemode</c> defaults to the
/// merchant's.
/// </summary>
internal sealed class CreateApiKey(
    Calls calls, MerchantStore merchants, ApiKeyStore keys, TimeProvider clock)
{
    private const int MaxScopes = 20;
    private const int MaxScopeLength = 40;

    [Function(nameof(CreateApiKey))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/merchants/{id}/api-keys")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Call call = await calls.OfOperatorAsync(request, cancellation);
        Scope scopes = ReadScopes(call.Body);
        DateTimeOffset? expiresAt = call.Body.OptionalTime("expires_at");
        bool? livemode = call.Body.OptionalBoolean("livemode");
        call.Body.ThrowIfInvalid();
        Merchant merchant = await merchants.GetAsync(id, cancellation);
        return await call.OnceAsync(
            nameof(CreateApiKey) + id, "key", keyId => AddAsync(merchant, keyId, livemode ?? merchant.Livemode, scopes, expiresAt, cancellation));
    }

    private static Scope ReadScopes(RequestBody body)
    {
        Scope scopes = Scope.None;
        IReadOnlyList<string>? names = body.OptionalStrings("scopes", MaxScopes, MaxScopeLength);
        foreach (string name in names ?? [])
            if (Scopes.Find(name) is { } scope)
                scopes |= scope;
            else
                body.Refuse("scopes", "Each must be one of " + string.Join(", ", Scopes.Write(Scopes.Built)) + ".");
        if (names is { Count: 0 } || !body.HasValue("scopes"))
            body.Refuse("scopes", "At least one scope is required.");
        return scopes;
    }

    private async Task<JsonAnswer> AddAsync(
        Merchant merchant, string keyId, bool livemode, Scope scopes, DateTimeOffset? expiresAt,
        CancellationToken cancellation)
    {
        // Checked here and not with the other fields, so that a replay after the key has expired still gets its response.
        if (expiresAt <= clock.GetUtcNow())
            throw new ProblemException(Problems.InvalidFields([new("/expires_at", "A time in the future.")]));
        IReadOnlyList<ApiKey> existing = await keys.ListAsync(merchant.Id, cancellation);
        if (existing.Count(key => key.IsUsable(clock.GetUtcNow()) && key.Id != keyId) >= ApiKeyStore.MaxKeys)
            throw new ProblemException(
                Problems.LimitReached($"A merchant can have at most {ApiKeyStore.MaxKeys} usable keys."));
        (ApiKey key, ApiKeyText text) = await keys.AddAsync(
            merchant.Id, keyId, livemode, scopes, expiresAt, cancellation);
        return JsonAnswer.Created(MerchantDocument.Of(key, text));
    }
}
