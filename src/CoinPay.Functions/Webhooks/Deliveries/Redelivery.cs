using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Endpoints;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>
/// Delivers an event to one endpoint again, with a new schedule under the same event id. Safe to repeat and to
/// interrupt anywhere: the row says which redelivery or replay started it, and the pointer is written before the row.
/// </summary>
internal sealed class Redelivery(DeliveryStore deliveries, DueWork due, DeliveryQueue queue, TimeProvider clock)
{
    private const int Tries = 5;

    /// <param name="eventId">The event.</param>
    /// <param name="subject">What it is about: <see cref="GatewayEvent.Subject"/>.</param>
    /// <param name="endpoint">The endpoint to deliver to.</param>
    /// <param name="by">The redelivery or replay; each restarts a delivery only once.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task RestartAsync(
        string eventId, string subject, WebhookEndpoint endpoint, string by, CancellationToken cancellation)
    {
        DeliveryAddress address = new(endpoint.MerchantId, endpoint.Id, eventId);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            DateTimeOffset now = clock.GetUtcNow();
            Delivery? found = await deliveries.FindAsync(address, cancellation);
            if (found?.RestartedBy == by && found.Status != DeliveryStatus.Pending)
                return;
            if (found?.RestartedBy != by)
            {
                await due.PointAsync(address.ToString(), now, cancellation);
                Delivery again = (found ?? Delivery.New(address, subject, now)).Restarted(by, now);
                bool stored = found is null
                    ? await deliveries.TryAddAsync(again, cancellation)
                    : await deliveries.TryReplaceAsync(again, cancellation);
                if (!stored)
                    continue;
            }
            await queue.SendAsync(address, endpoint.FailingSince is not null, TimeSpan.Zero, cancellation);
            return;
        }
        throw new ProblemException(Problems.Conflict("event"));
    }
}
