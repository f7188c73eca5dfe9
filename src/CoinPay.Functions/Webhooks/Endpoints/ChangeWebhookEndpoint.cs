using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// <c>PATCH /v1/webhook-endpoints/{id}</c>: changes url, events or description; <c>"disabled": false</c> re-enables a
/// disabled endpoint, <c>true</c> disables it. Omitted fields stay unchanged.
/// </summary>
internal sealed class ChangeWebhookEndpoint(
    Callers callers, EndpointStore endpoints, WebhookTargets targets, TimeProvider clock)
{
    [Function(nameof(ChangeWebhookEndpoint))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/webhook-endpoints/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.WebhooksManage, cancellation);
        RequestBody body = await RequestBody.ReadAsync(request, cancellation);
        EndpointRequest wanted = EndpointRequest.Read(body, urlRequired: false, targets);
        bool? disabled = body.OptionalBoolean("disabled");
        bool describes = body.Has("description");
        body.ThrowIfInvalid();
        _ = await endpoints.GetAsync(caller, id, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        WebhookEndpoint? changed = await endpoints.ChangeAsync(
            caller.MerchantId, id, stored => Switch(Apply(stored, wanted, describes, now), disabled, now),
            cancellation);
        return changed is null
            ? Problems.NotFound("webhook endpoint").ToAnswer()
            : JsonAnswer.Ok(EndpointDocument.Of(changed, now));
    }

    private static WebhookEndpoint Apply(WebhookEndpoint stored, EndpointRequest wanted, bool describes, DateTimeOffset now) =>
        stored with
        {
            Url = wanted.Url is { } url ? new(url) : stored.Url,
            Events = wanted.Events ?? stored.Events,
            Description = describes ? wanted.Description : stored.Description,
            UpdatedAt = now,
        };

    private static WebhookEndpoint Switch(WebhookEndpoint stored, bool? disabled, DateTimeOffset now) => disabled switch
    {
        true when stored.DisabledAt is null => stored with { DisabledAt = now, DisabledReason = "by_merchant" },
        false when stored.DisabledAt is not null =>
            stored with { DisabledAt = null, DisabledReason = null, FailingSince = null, EnabledAt = now },
        _ => stored,
    };
}
