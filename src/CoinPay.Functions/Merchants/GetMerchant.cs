using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary><c>GET /v1/merchants/{id}</c>.</summary>
internal sealed class GetMerchant(Callers callers, MerchantStore merchants)
{
    [Function(nameof(GetMerchant))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchants/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        return JsonAnswer.Ok(MerchantDocument.Of(await merchants.GetAsync(id, cancellation)));
    }
}
