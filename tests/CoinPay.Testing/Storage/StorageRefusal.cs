namespace CoinPay.Testing.Storage;

/// <summary>
/// The service's error response to a refused request.
/// Source: https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 and its pages for tables and queues.
/// </summary>
internal sealed class StorageRefusal(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>In a transaction, the index of the refused operation.</summary>
    public int? Index { get; private init; }

    public static StorageRefusal InvalidInput(string why) => new(400, "InvalidInput", why);

    public static StorageRefusal OutOfRange(string why) => new(400, "OutOfRangeInput", why);

    public static StorageRefusal OutOfRangeParameter(string name) => new(
        400, "OutOfRangeQueryParameterValue", $"The query parameter {name} is outside the permissible range.");

    public static StorageRefusal InvalidName() => new(
        400, "InvalidResourceName", "The specified resource name contains invalid characters.");

    public static StorageRefusal TableNotFound() => new(404, "TableNotFound", "The table specified does not exist.");

    public static StorageRefusal EntityNotFound() => new(404, "ResourceNotFound", "The specified resource does not exist.");

    public static StorageRefusal QueueNotFound() => new(404, "QueueNotFound", "The specified queue does not exist.");

    public static StorageRefusal BodyTooLarge() => new(
        413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit.");

    public static StorageRefusal NotImplemented(string what) =>
        new(501, "NotImplemented", what + " is not built in memory.");

    /// <summary>The effect of a request that is refused.</summary>
    public Http.StorageAnswer Throw() => throw this;

    public StorageRefusal At(int index) => new(Status, Code, Message) { Index = index };
}
