using System.Text.Json;
using CoinPay.Functions.Platform.Events;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Functions.Webhooks.Events;

/// <summary>An event as the pull feed shows it: what was POSTed, and the outcome.</summary>
internal sealed record EventDocument(
    string Id,
    string Object,
    string Type,
    bool Livemode,
    DateTimeOffset CreatedAt,
    int StateVersion,
    string? FulfilmentKey,
    string? InvoiceId,
    JsonElement Data,
    IReadOnlyList<DeliveryDocument> Deliveries)
{
    public static EventDocument Of(GatewayEvent happened, IReadOnlyList<DeliveryDocument> deliveries)
    {
        using JsonDocument body = JsonDocument.Parse(happened.Body);
        return new(
            happened.Id,
            "event",
            happened.Type,
            happened.Livemode,
            happened.At,
            happened.StateVersion,
            happened.FulfilmentKey,
            happened.InvoiceId,
            body.RootElement.GetProperty("data").Clone(),
            deliveries);
    }
}

internal sealed record DeliveryDocument(
    string EndpointId, DeliveryStatus Status, DateTimeOffset? NextAttemptAt, IReadOnlyList<AttemptDocument> Attempts)
{
    public static DeliveryDocument Of(Delivery delivery) => new(
        delivery.Address.EndpointId,
        delivery.Status,
        delivery.Status == DeliveryStatus.Pending ? delivery.NextAttemptAt : null,
        [.. delivery.Attempts.Select(
            tried => new AttemptDocument(tried.At, tried.Status, tried.LatencyMs, tried.Answer))]);
}

/// <summary><paramref name="Answer"/> is the first KiB of the response, or why there was none.</summary>
internal sealed record AttemptDocument(DateTimeOffset At, int? Status, int LatencyMs, string Answer);
