using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary>
/// <c>DELETE /v1/merchants/{id}/api-keys/{key_id}</c>: revokes a key, in this process at once and in others within 30
/// seconds. It stays in the list, with <c>revoked_at</c>.
/// </summary>
internal sealed class RevokeApiKey(Callers callers, MerchantStore merchants, ApiKeyStore keys)
{
    [Function(nameof(RevokeApiKey))]
    public async Task<IActionResult> Run(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "delete", Route = "v1/merchants/{id}/api-keys/{keyId}")] HttpRequest request,
        string id,
        string keyId,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        _ = await merchants.GetAsync(id, cancellation);
        ApiKey? revoked = Id.IsWellFormed("key", keyId) ? await keys.RevokeAsync(id, keyId, cancellation) : null;
        return revoked is null ? Problems.NotFound("API key").ToAnswer() : JsonAnswer.Ok(MerchantDocument.Of(revoked));
    }
}
