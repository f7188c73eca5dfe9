using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Webhooks.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// <c>POST /v1/webhook-endpoints/{id}/replay</c> <c>{since, until?}</c>: redelivers every event in the range that the
/// endpoint's filters accept, under the same ids. Only one replay runs at a time; <c>replay</c> in
/// <c>GET /v1/webhook-endpoints/{id}</c> shows its progress.
/// </summary>
internal sealed class ReplayWebhooks(
    Calls calls, EndpointStore endpoints, ReplayRun replays, TimeProvider clock)
{
    [Function(nameof(ReplayWebhooks))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhook-endpoints/{id}/replay")]
        HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantAsync(request, Scope.WebhooksManage, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        (DateTimeOffset since, DateTimeOffset until) = ReadRange(call.Body, now);
        return await call.OnceAsync(
            nameof(ReplayWebhooks) + id, "rep", replayId => StartAsync(call.Caller, id, new(replayId, since, until, now), cancellation));
    }

    private static (DateTimeOffset Since, DateTimeOffset Until) ReadRange(RequestBody body, DateTimeOffset now)
    {
        DateTimeOffset? since = body.OptionalTime("since");
        DateTimeOffset? until = body.OptionalTime("until");
        if (!body.HasValue("since"))
            body.Refuse("since", "The time from which to deliver again, such as 2026-11-23T10:45:00Z.");
        if (since > now)
            body.Refuse("since", "A time that has passed.");
        if (until < since)
            body.Refuse("until", "A time after since.");
        return (since ?? now, until is null || until > now ? now : until.Value);
    }

    private async Task<JsonAnswer> StartAsync(
        Caller caller, string endpointId, Replay wanted, CancellationToken cancellation)
    {
        _ = await endpoints.GetEnabledAsync(caller, endpointId, cancellation);
        Replay started = await replays.StartAsync(caller.MerchantId, endpointId, wanted, cancellation);
        return JsonAnswer.Accepted(ReplayDocument.Of(endpointId, started));
    }
}
