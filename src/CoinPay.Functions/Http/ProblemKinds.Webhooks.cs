namespace CoinPay.Functions.Http;

/// <summary>The kinds of problem that webhooks have of their own.</summary>
internal static partial class ProblemKinds
{
    public static ProblemKind EndpointDisabled { get; } = new(
        "endpoint_disabled", 409, "The webhook endpoint is disabled",
        "Nothing is sent to a disabled endpoint: it answered 410, failed through a whole schedule, or was disabled by hand.",
        "Take it into use again with PATCH /v1/webhook-endpoints/{id} {\"disabled\": false}.");

    public static ProblemKind NoEndpoint { get; } = new(
        "no_endpoint", 409, "No endpoint takes this event",
        "No enabled webhook endpoint takes events of this type.",
        "Name an endpoint as endpoint_id to send it there all the same, or widen an endpoint's events.");

    public static ProblemKind ReplayRunning { get; } = new(
        "replay_running", 409, "A replay runs already",
        "An endpoint has one replay at a time.",
        "GET /v1/webhook-endpoints/{id} shows it as replay. Ask again when it is finished.");
}
