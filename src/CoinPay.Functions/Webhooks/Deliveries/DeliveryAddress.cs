using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Storage;

namespace CoinPay.Functions.Webhooks.Deliveries;

/// <summary>Identifies a delivery; the text of a queue message.</summary>
internal sealed record DeliveryAddress(string MerchantId, string EndpointId, string EventId)
{
    public string Partition => Key.Of(MerchantId, EndpointId);

    public override string ToString() => Key.Of(MerchantId, EndpointId, EventId);

    /// <summary>Returns null for a message that this gateway did not write.</summary>
    public static DeliveryAddress? Parse(string message) =>
        message.Split('!') is [var merchant, var endpoint, var happened]
        && Id.IsWellFormed("mer", merchant) && Id.IsWellFormed("whe", endpoint) && Id.IsWellFormed("evt", happened)
            ? new(merchant, endpoint, happened)
            : null;
}

/// <summary>Identifies a replay to continue; the text of a message on the slow queue.</summary>
internal sealed record ReplayAddress(string MerchantId, string EndpointId, string ReplayId)
{
    public override string ToString() => Key.Of(MerchantId, EndpointId, ReplayId);

    /// <summary>Returns null for a message that names no replay.</summary>
    public static ReplayAddress? Parse(string message) =>
        message.Split('!') is [var merchant, var endpoint, var replay]
        && Id.IsWellFormed("mer", merchant) && Id.IsWellFormed("whe", endpoint) && Id.IsWellFormed("rep", replay)
            ? new(merchant, endpoint, replay)
            : null;
}
