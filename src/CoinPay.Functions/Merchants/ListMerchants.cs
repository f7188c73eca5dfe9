using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Merchants;

/// <summary><c>GET /v1/merchants</c>, newest first.</summary>
internal sealed class ListMerchants(Callers callers, MerchantStore merchants)
{
    [QueryParameters("limit", "cursor")]
    [Function(nameof(ListMerchants))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchants")] HttpRequest request,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        (IReadOnlyList<Merchant> page, string? last) = await merchants.ListAsync(Pages.Of(request), cancellation);
        return Pages.Answer([.. page.Select(MerchantDocument.Of)], last);
    }
}
