using Azure;

namespace CoinPay.Embedded.Durable.Storage;

/// <summary>Failures of storage or of the way to it: what was being done is read again and tried again.</summary>
internal static class StorageFault
{
    public static bool Is(Exception failure) =>
        failure is RequestFailedException or AggregateException or OperationCanceledException or IOException or HttpRequestException;

    /// <summary>What no second try can store: more than an entity, a property or a transaction holds.</summary>
    public static bool IsTooLarge(RequestFailedException failure) =>
        failure.Status == 413
        || failure.ErrorCode is "EntityTooLarge" or "PropertyValueTooLarge" or "RequestBodyTooLarge" or "TooManyProperties";
}
