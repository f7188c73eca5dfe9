using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Wallets;

/// <summary>
/// <c>PUT /v1/merchants/{id}/wallets/{network}</c>: sets where the merchant's money on a network goes. Refuses private
/// keys, and does so before anything else reads the body.
/// </summary>
internal sealed class PutWallet(
    Callers callers, MerchantStore merchants, WalletStore wallets, SettlementAddresses addresses, WalletHistories histories,
    Networks networks, Tables tables, Outbox outbox, GatewaySettings settings, RandomNumberGenerator random, TimeProvider clock)
{
    [Function(nameof(PutWallet))]
    public async Task<IActionResult> Run(
        [HttpTrigger(
            AuthorizationLevel.Anonymous, "put", Route = "v1/merchants/{id}/wallets/{network}")] HttpRequest request,
        string id,
        string network,
        CancellationToken cancellation)
    {
        await callers.RequireOperatorAsync(request, cancellation);
        byte[] bytes = await RequestBody.ReadBytesAsync(request, cancellation);
        RefusePrivateMaterial(bytes, network);
        Network known = networks.Find(network)
            ?? throw new ProblemException(
                Problems.UnsupportedNetwork(string.Join(", ", networks.All.Select(one => one.Name))));
        _ = await merchants.GetAsync(id, cancellation);
        (Wallet wallet, int? startIndex) = WalletRequest.Read(RequestBody.Of(bytes), known, clock.GetUtcNow());
        // Sending the wallet in force again cancels a change, and must not depend on a node.
        if (!await wallets.HoldsAsync(id, wallet, cancellation))
            await addresses.RequirePayableAsync(known, wallet, cancellation);
        if (wallet.Canonical is { } key && !await wallets.TryClaimAsync(id, key, cancellation))
            throw new ProblemException(Problems.WalletTaken);
        WalletHistory? history = await histories.BeginAsync(id, known, wallet, startIndex, cancellation);
        WalletChange changed = await wallets.PutAsync(
            id, wallet, settings.WalletDelay, change => Outbox.Row(id, Told(id, known, change, history)), cancellation);
        await outbox.FlushAsync(tables.Merchants, id, cancellation);
        return JsonAnswer.Ok(WalletDocument.Of(id, known, changed, history, clock.GetUtcNow()));
    }

    private static void RefusePrivateMaterial(byte[] bytes, string network)
    {
        // Checks both the raw text, whether it is JSON or not, and the JSON text with escapes decoded.
        List<string> texts = [network, Encoding.UTF8.GetString(bytes)];
        try
        {
            texts.AddRange(RequestBody.Of(bytes).AllText());
        }
        catch (ProblemException)
        {
            // Not JSON: the reader reports that, unless the body contains private material.
        }
        if (PrivateMaterial.Recognise(texts) is not null)
            throw new ProblemException(Problems.PrivateKeyRefused);
    }

    private GatewayEvent Told(string merchantId, Network network, WalletChange wallets, WalletHistory? history)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string eventId = Id.New("evt", now, random);
        JsonNode data = new JsonObject
        {
            ["wallet"] = JsonSerializer.SerializeToNode(
                WalletDocument.Of(merchantId, network, wallets, history, now), Json.Options),
        };
        string body = GatewayEvent.BodyOf(
            eventId, EventTypes.WalletChanged, now, stateVersion: 1, fulfilmentKey: null, data);
        return new(eventId, EventTypes.WalletChanged, merchantId, merchantId, now, 1, null, network.Livemode, body);
    }
}
