using System.Security.Cryptography;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// <c>POST /v1/webhook-endpoints/{id}/rotate-secret</c>: creates a new signing secret, which only this response shows.
/// For 24 hours every message is also signed with the old one.
/// </summary>
internal sealed class RotateWebhookSecret(
    Calls calls, EndpointStore endpoints, SecretBox box, TimeProvider clock)
{
    [Function(nameof(RotateWebhookSecret))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhook-endpoints/{id}/rotate-secret")]
        HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantOptionalAsync(request, Scope.WebhooksManage, cancellation);
        return await call.OnceAsync(
            nameof(RotateWebhookSecret) + id, "sec", rotationId => RotateAsync(call.Caller, id, rotationId, cancellation));
    }

    /// <summary>If repeated after a crash, it shows the secret that the first run stored.</summary>
    private async Task<JsonAnswer> RotateAsync(
        Caller caller, string endpointId, string rotationId, CancellationToken cancellation)
    {
        WebhookEndpoint endpoint = await endpoints.GetAsync(caller, endpointId, cancellation);
        byte[] secret = RandomNumberGenerator.GetBytes(CreateWebhookEndpoint.SecretBytes);
        byte[] sealedSecret = await box.SealAsync(endpoint.SecretPurpose, secret, cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        WebhookEndpoint rotated = await endpoints.ChangeAsync(
            endpoint.MerchantId,
            endpoint.Id,
            stored => stored.Rotated(rotationId, sealedSecret, now) ?? throw new ProblemException(Problems.LimitReached(
                $"A secret can be rotated {SecretRotation.MaxRetired} times in 24 hours.")),
            cancellation) ?? throw new ProblemException(Problems.NotFound("webhook endpoint"));
        byte[] shown = await box.OpenAsync(rotated.SecretPurpose, rotated.SealedSecret, cancellation);
        return JsonAnswer.Ok(EndpointDocument.Of(rotated, now, StandardWebhook.WriteSecret(shown)));
    }
}
