using System.Security.Cryptography;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>
/// <c>POST /v1/webhook-endpoints</c>: creates an endpoint and its signing secret, which only this response shows.
/// </summary>
internal sealed class CreateWebhookEndpoint(
    Calls calls, EndpointStore endpoints, SecretBox box, WebhookTargets targets,
    TimeProvider clock)
{
    public const int SecretBytes = 32;

    [Function(nameof(CreateWebhookEndpoint))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/webhook-endpoints")] HttpRequest request,
        CancellationToken cancellation)
    {
        MerchantCall call = await calls.OfMerchantAsync(request, Scope.WebhooksManage, cancellation);
        EndpointRequest wanted = EndpointRequest.Read(call.Body, urlRequired: true, targets);
        return await call.OnceAsync(
            nameof(CreateWebhookEndpoint), "whe", id => AddAsync(id, call.Caller, wanted, cancellation));
    }

    private async Task<JsonAnswer> AddAsync(
        string id, Caller caller, EndpointRequest wanted, CancellationToken cancellation)
    {
        IReadOnlyList<WebhookEndpoint> existing = await endpoints.ListAsync(caller.MerchantId, cancellation);
        if (existing.Count(other => other.Id != id) >= EndpointStore.MaxEndpoints)
            throw new ProblemException(
                Problems.LimitReached($"A merchant has at most {EndpointStore.MaxEndpoints} webhook endpoints."));
        byte[] secret = RandomNumberGenerator.GetBytes(SecretBytes);
        DateTimeOffset now = Id.TimeOf(id);
        WebhookEndpoint endpoint = new()
        {
            Id = id,
            MerchantId = caller.MerchantId,
            Url = new(wanted.Url!),
            Events = wanted.Events ?? ["*"],
            Description = wanted.Description,
            Livemode = caller.Livemode,
            SealedSecret = [],
            CreatedAt = now,
            UpdatedAt = now,
        };
        endpoint = endpoint with { SealedSecret = await box.SealAsync(endpoint.SecretPurpose, secret, cancellation) };
        await endpoints.AddAsync(endpoint, cancellation);
        return JsonAnswer.Created(
            EndpointDocument.Of(endpoint, clock.GetUtcNow(), StandardWebhook.WriteSecret(secret)));
    }
}
