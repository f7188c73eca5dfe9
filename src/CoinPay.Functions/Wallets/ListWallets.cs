using CoinPay.Chains;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Wallets;

/// <summary><c>GET /v1/merchants/{id}/wallets</c>: one entry per network on which the merchant has a wallet.</summary>
internal sealed class ListWallets(
    Callers callers, MerchantStore merchants, WalletStore wallets, WalletHistories histories, Networks networks, TimeProvider clock)
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
        List<WalletDocument> documents = [];
        foreach (WalletChange change in await wallets.ListAsync(id, cancellation))
        {
            Wallet last = (change.Next ?? change.Current)!;
            if (networks.Find(last.Network) is { } network)
                documents.Add(WalletDocument.Of(id, network, change, await histories.FindAsync(id, network, last, cancellation), now));
        }
        return Pages.Answer([.. documents], last: null);
    }
}
