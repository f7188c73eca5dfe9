using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace CoinPay.Functions.Webhooks.Events;

/// <summary><c>GET /v1/events/{id}</c>: one event with every attempt to deliver it.</summary>
internal sealed class GetEvent(Callers callers, EventPublisher events, EventFeed feed)
{
    [Function(nameof(GetEvent))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/events/{id}")] HttpRequest request,
        string id,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesRead, cancellation);
        GatewayEvent? happened = await events.FindAsync(caller.MerchantId, id, cancellation);
        return happened is null || happened.Livemode != caller.Livemode
            ? Problems.NotFound("event").ToAnswer()
            : JsonAnswer.Ok(await feed.DescribeAsync(happened, cancellation));
    }
}
