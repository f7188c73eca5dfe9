namespace CoinPay.Functions.Http;

/// <summary>The problem kinds specific to webhooks.</summary>
internal static partial class ProblemKinds
{
    public static ProblemKind EndpointDisabled { get; } = new(
        "endpoint_disabled", 409, "The webhook endpoint is disabled",
        "A disabled endpoint receives nothing: it returned 410, failed for a whole retry schedule, or was disabled manually.",
        "Enable it again with PATCH /v1/webhook-endpoints/{id} {\"disabled\": false}.");

    public static ProblemKind NoEndpoint { get; } = new(
        "no_endpoint", 409, "No endpoint accepts this event",
        "No enabled webhook endpoint accepts events of this type.",
        "Send endpoint_id to deliver it to an endpoint regardless of its filters, or add the type to an endpoint's events.");

    public static ProblemKind ReplayRunning { get; } = new(
        "replay_running", 409, "A replay is already running",
        "An endpoint can have only one replay at a time.",
        "GET /v1/webhook-endpoints/{id} shows it as 'replay'. Try again when it has finished.");
}
