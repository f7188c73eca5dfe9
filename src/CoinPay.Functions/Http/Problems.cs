namespace CoinPay.Functions.Http;

/// <summary>
/// Every problem that the gateway answers with. Codes are part of the contract: added, never renamed.
/// </summary>
internal static class Problems
{
    public const string InvalidRequestCode = "invalid_request";
    public const string UnknownFieldCode = "unknown_field";
    public const string InvalidAmountCode = "invalid_amount";
    public const string UnsupportedNetworkCode = "unsupported_network";
    public const string UnsupportedAssetCode = "unsupported_asset";

    public static Problem Unauthorized { get; } = new(
        "unauthorized", 401, "A valid key is needed", "Send it as 'Authorization: Bearer <key>'.");

    public static Problem Internal { get; } = new(
        "internal", 500, "The gateway failed",
        "Nothing is known to be wrong with the request; it is safe to try again with the same Idempotency-Key.");

    public static Problem IdempotencyKeyReused { get; } = new(
        "idempotency_key_reused", 422, "This Idempotency-Key was used with another body",
        "Use a new key for a new request.");

    public static Problem InvalidIdempotencyKey { get; } = new(
        InvalidRequestCode, 400, "The request is invalid", "Idempotency-Key is 1 to 255 visible ASCII characters.");

    public static Problem BodyTooLarge { get; } = new(
        "body_too_large", 413, "The body is too large", $"A body holds at most {RequestBody.MaxBytes} bytes.");

    public static Problem UnsupportedMediaType { get; } = new(
        "unsupported_media_type", 415, "The body's type is not supported",
        "Send 'Content-Type: application/json', in UTF-8 and not compressed.");

    public static Problem PrivateKeyRefused { get; } = new(
        "private_key_refused", 422, "A private key is never accepted",
        "The request holds something that looks like a private key or a seed phrase. It was not stored and not logged, "
        + "but it has left your machine: treat it as known to others and move its funds. Send an account's extended public key or a settlement address.");

    public static Problem WalletTaken { get; } = new(
        "wallet_taken", 409, "This key belongs to another merchant",
        "An extended public key serves one merchant only, so that no address is handed out twice.");

    public static Problem RateUnavailable { get; } = new(
        "rate_unavailable", 503, "No exchange rate right now",
        "Try again shortly, or price the invoice in the asset itself.")
    { RetryAfter = TimeSpan.FromSeconds(10) };

    public static Problem GasWalletMissing { get; } = new(
        "gas_wallet_missing", 422, "No wallet pays for gas here",
        "Set CoinPay__GasWalletKey and fund that account, or call the factory's flush yourself: the invoice's derivation has all it needs.");

    public static Problem FlushRefused(string reason) => new(
        "flush_refused", 422, "The network did not take the transaction", reason);

    public static Problem Forbidden(string detail) => new("forbidden", 403, "The key may not do this", detail);

    public static Problem NotFound(string what) => new("not_found", 404, "Not found", $"There is no such {what}.");

    /// <summary>One thing is wrong and has no place in the body: a query parameter, a path part, a header.</summary>
    public static Problem InvalidRequest(string detail) =>
        new(InvalidRequestCode, 400, "The request is invalid", detail);

    /// <summary>
    /// Fields are wrong. The code is that of all errors when they agree, else <c>invalid_request</c>.
    /// </summary>
    public static Problem InvalidFields(IReadOnlyList<ProblemError> errors)
    {
        string code = errors.Select(error => error.Code).Distinct().Count() == 1 ? errors[0].Code : InvalidRequestCode;
        string detail = errors.Count == 1
            ? $"{errors[0].Pointer}: {errors[0].Detail}"
            : $"{errors.Count} fields are wrong.";
        return new(code, 400, TitleOf(code), detail) { Errors = errors };
    }

    public static Problem UnsupportedNetwork(string offered) => new(
        UnsupportedNetworkCode, 400, TitleOf(UnsupportedNetworkCode), "Offered here: " + offered + ".");

    public static Problem WalletMissing(string network) => new(
        "wallet_missing", 422, "The merchant has no wallet on this network",
        $"An operator sets it with PUT /v1/merchants/{{id}}/wallets/{network}.");

    /// <summary>What the rules of an invoice's life refuse, by the code of the rejection.</summary>
    public static Problem Rejected(CoinPay.Core.Rejection rejection) => rejection.Code switch
    {
        "not_cancellable" => new(rejection.Code, 409, "The invoice cannot be cancelled", rejection.Detail),
        "not_fulfillable" => new(rejection.Code, 409, "The invoice may not be fulfilled now", rejection.Detail),
        "fulfilment_key_mismatch" => new(
            rejection.Code, 422, "This is not the invoice's fulfilment key",
            "It comes in the webhook and in the invoice once goods may go out."),
        "exception_resolved" => new(rejection.Code, 409, "The exception is resolved already", rejection.Detail),
        "action_not_allowed" => new(rejection.Code, 422, "This cannot be decided here", rejection.Detail),
        "not_acceptable" => new(rejection.Code, 409, "There is nothing to accept yet", rejection.Detail),
        "settlement_address_not_confirmed" => new(
            rejection.Code, 422, "This is not the invoice's settlement address", rejection.Detail),
        "not_found" => NotFound("exception"),
        _ => throw new CoinPay.Core.BugException("rejection " + rejection.Code),
    };

    public static Problem NetworkUnavailable(string network) => new(
        "network_unavailable", 503, "The network cannot be read right now", $"{network} will be tried again by itself.")
    { RetryAfter = TimeSpan.FromSeconds(10) };

    public static Problem IdempotencyInFlight(TimeSpan retryAfter) => new(
        "idempotency_in_flight", 409, "A request with this Idempotency-Key is under way",
        "Try again shortly: the answer will be the same.")
    { RetryAfter = retryAfter };

    /// <summary>Two writers met at one row; nothing was written by this one.</summary>
    public static Problem Conflict(string what) => new(
        "conflict", 409, "Somebody else changed it at the same time", $"Read the {what} again and repeat the change.");

    public static Problem LimitReached(string detail) =>
        new("limit_reached", 422, "There are too many of these", detail);

    private static string TitleOf(string code) => code switch
    {
        UnknownFieldCode => "The body holds a field that is not known",
        InvalidAmountCode => "The amount is invalid",
        UnsupportedNetworkCode => "The network is not offered",
        UnsupportedAssetCode => "The asset is not offered on this network",
        _ => "The request is invalid",
    };
}
