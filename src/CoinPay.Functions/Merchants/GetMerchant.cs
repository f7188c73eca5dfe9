using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary><c>GET /v1/merchants/{id}</c>.</summary>
internal sealed class GetMerchant(Access access, MerchantStore merchants)
{
    [Function(nameof(GetMerchant))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchants/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        await access.OperatorAsync(request, cancellation);
        return JsonAnswer.Ok(MerchantDocument.Of(await merchants.GetAsync(id, cancellation)));
    }
}
