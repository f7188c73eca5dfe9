namespace CoinPay.Functions.Platform.Events;

/// <summary>
/// The types of webhook events. An endpoint's filter is one of these, a family of them (<c>invoice.*</c>) or <c>*</c>.
/// </summary>
internal static class EventTypes
{
    public const string WalletChanged = "wallet.changed";
    public const string EndpointDisabled = "endpoint.disabled";
    public const string Ping = "ping";

    public static IReadOnlyList<string> All { get; } =
    [
        "invoice.created", "invoice.payment_detected", "invoice.confirming", "invoice.paid", "invoice.underpaid",
        "invoice.overpaid", "invoice.expired", "invoice.late_paid", "invoice.cancelled", "invoice.refunded",
        "invoice.payment_reverted", "invoice.exception_opened", "invoice.exception_resolved",
        "escrow.funded", "escrow.in_review", "escrow.released", "escrow.partially_released", "escrow.disputed",
        "escrow.refunded", "escrow.expired", "settlement.closed", "settlement.paid", "settlement.failed",
        "refund.created", "refund.completed", WalletChanged, EndpointDisabled, Ping,
    ];

    public static bool IsFilter(string filter) =>
        filter == "*"
            || All.Contains(filter, StringComparer.Ordinal)
            || (filter.EndsWith(".*", StringComparison.Ordinal) && All.Any(type => Matches(filter, type)));

    public static bool Matches(string filter, string type) =>
        filter == "*"
        || filter == type
        || (filter.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(filter[..^1], StringComparison.Ordinal));
}
