namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>An endpoint as responses show it; <see cref="Secret"/> is only set when it was just created.</summary>
internal sealed record EndpointDocument(
    string Id,
    string Object,
    bool Livemode,
    string Url,
    IReadOnlyList<string> Events,
    string? Description,
    string Status,
    DateTimeOffset? FailingSince,
    DateTimeOffset? DisabledAt,
    string? DisabledReason,
    DateTimeOffset? OldSecretSignsUntil,
    ReplayDocument? Replay,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: System.Text.Json.Serialization.JsonIgnore(
        Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    string? Secret)
{
    public static EndpointDocument Of(WebhookEndpoint endpoint, DateTimeOffset now, string? secret = null) => new(
        endpoint.Id,
        "webhook_endpoint",
        endpoint.Livemode,
        endpoint.Url.AbsoluteUri,
        endpoint.Events,
        endpoint.Description,
        endpoint.StatusAt(now),
        endpoint.FailingSince,
        endpoint.DisabledAt,
        endpoint.DisabledReason,
        endpoint.RetiredSecrets.Where(old => old.SignsUntil > now).Select(old => (DateTimeOffset?)old.SignsUntil).Max(),
        endpoint.Replay is { } replay ? ReplayDocument.Of(endpoint.Id, replay) : null,
        endpoint.CreatedAt,
        endpoint.UpdatedAt,
        secret);
}
