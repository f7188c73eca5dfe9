using CoinPay.Chains;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Wallets;

/// <summary><c>GET /v1/merchants/{id}/wallets</c>: one entry per network on which the merchant has a wallet.</summary>
internal sealed class ListWallets(Callers callers, MerchantStore merchants, WalletStore wallets, Networks networks, TimeProvider clock)
{
    [Function(nameof(ListWallets))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchants/{id}/wallets")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        _ = await merchants.GetAsync(id, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        IEnumerable<WalletDocument> documents =
            from change in await wallets.ListAsync(id, cancellation)
            let network = networks.Find((change.Next ?? change.Current)!.Network)
            where network is not null
            select WalletDocument.Of(id, network, change, now);
        return Pages.Answer([.. documents], last: null);
    }
}
