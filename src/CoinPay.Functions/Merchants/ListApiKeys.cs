using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary><c>GET /v1/merchants/{id}/api-keys</c>: all keys, newest first, with revoked ones; never a key's text.</summary>
internal sealed class ListApiKeys(Callers callers, MerchantStore merchants, ApiKeyStore keys)
{
    [QueryParameters("limit", "cursor")]
    [Function(nameof(ListApiKeys))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchants/{id}/api-keys")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        _ = await merchants.GetAsync(id, cancellation);
        Paging paging = Pages.Of(request);
        IEnumerable<ApiKey> after = (await keys.ListAsync(id, cancellation))
            .SkipWhile(key => paging.After is not null && string.CompareOrdinal(key.Id, paging.After) >= 0);
        List<ApiKey> page = [.. after.Take(paging.Limit + 1)];
        string? last = page.Count > paging.Limit ? page[paging.Limit - 1].Id : null;
        return Pages.Answer([.. page.Take(paging.Limit).Select(MerchantDocument.Of)], last);
    }
}
