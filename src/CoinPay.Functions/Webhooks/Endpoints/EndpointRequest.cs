using CoinPay.Functions.Http;
using CoinPay.Functions.Platform.Events;

namespace CoinPay.Functions.Webhooks.Endpoints;

/// <summary>The fields of an endpoint that a merchant sets; null if the request omits one.</summary>
internal sealed record EndpointRequest(string? Url, IReadOnlyList<string>? Events, string? Description)
{
    private const int MaxEvents = 50;
    private const int MaxEventLength = 64;
    private const int MaxDescriptionLength = 500;

    /// <summary>Reads and checks the fields; adds errors to the body.</summary>
    public static EndpointRequest Read(RequestBody body, bool urlRequired, WebhookTargets targets)
    {
        string? url = urlRequired
            ? body.RequiredString("url", WebhookTargets.MaxLength)
            : body.OptionalString("url", WebhookTargets.MaxLength);
        if (url is { Length: > 0 } && targets.Refusal(url) is { } wrong)
            body.Refuse("url", wrong);
        IReadOnlyList<string>? events = body.OptionalStrings("events", MaxEvents, MaxEventLength);
        if (events is { Count: 0 })
            body.Refuse("events", "At least one; omit the field for all.");
        foreach (string filter in (events ?? []).Where(filter => !EventTypes.IsFilter(filter)))
            body.Refuse("events", $"'{filter}' is neither an event type nor a family of them such as invoice.*.");
        return new(url, events, body.OptionalString("description", MaxDescriptionLength));
    }
}
