using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Watching;

/// <summary>
/// <c>GET /v1/networks</c>: the networks and assets for keys of the caller's mode. <c>head</c> is the head that the
/// poller last saw; null until the first poll.
/// </summary>
internal sealed class ListNetworks(
    Callers callers, Networks networks, CursorStore cursors, OfferChecks offers, TimeProvider clock)
{
    [Function(nameof(ListNetworks))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/networks")] HttpRequest request,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.None, cancellation);
        IEnumerable<Network> offered = networks.All.Where(network => network.Livemode == caller.Livemode);
        object[] documents = await Task.WhenAll(offered.Select(network => DocumentAsync(network, cancellation)));
        return Pages.Answer(documents, last: null);
    }

    private async Task<object> DocumentAsync(Network network, CancellationToken cancellation) => Document(
        network,
        await cursors.FindAsync(network.Name, cancellation),
        await Task.WhenAll(network.Assets.Select(asset => offers.FindAsync(network, asset, cancellation))));

    private object Document(Network network, Cursor? cursor, OfferCheck[] checks) => new
    {
        id = network.Id,
        @object = "network",
        name = network.Name,
        livemode = network.Livemode,
        family = network.Family.Name,
        confirmations = network.Confirmations,
        status = NetworkStatus.Of(network, cursor, clock.GetUtcNow()),
        head = cursor is null ? null : new
        {
            height = cursor.Head.Height,
            hash = cursor.Head.Hash,
            time = cursor.Head.Time,
            safe = cursor.Head.Safe,
            finalized = cursor.Head.Finalized,
            // The last block that the poller has read for payments.
            scanned = cursor.Height,
        },
        assets = network.Assets.Zip(checks, (listed, check) => new
        {
            id = listed.Asset.Id,
            symbol = listed.Asset.Symbol,
            decimals = listed.Asset.Decimals,
            contract = listed.Contract,
            status = WireName.Of(check.Status),
            difference = check.Difference,
            // Smaller amounts are dust, counted but never credited, so an invoice must be for more.
            minimum = new Amount(listed.Asset, listed.Dust).ToString(),
            minimum_base = listed.Dust.ToString(),
        }),
    };
}
