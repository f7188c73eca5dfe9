namespace CoinPay.Functions.Http;

/// <summary>
/// Every kind of problem that the gateway returns: the single source for responses, the pages at
/// <c>/problems/&lt;code&gt;</c> and the OpenAPI document. Codes are part of the contract: added, never renamed.
/// </summary>
internal static partial class ProblemKinds
{
    public static ProblemKind InvalidRequest { get; } = new(
        Problems.InvalidRequestCode, 400, "The request is invalid",
        "Part of the request is not what the API expects. 'errors' lists each invalid field of the body by its JSON "
        + "pointer; 'detail' names anything wrong outside the body (a query parameter, a header).",
        "Correct the request and send it again. Nothing was changed.");

    public static ProblemKind UnknownField { get; } = new(
        Problems.UnknownFieldCode, 400, "The body contains an unknown field",
        "The body has a field that this call does not know: a typo, or a field from another version. It "
        + "is refused rather than ignored, so that nothing you intended is silently dropped.",
        "Correct or remove the field that 'errors' names.");

    public static ProblemKind UnknownParameter { get; } = new(
        "unknown_parameter", 400, "The query has an unknown parameter",
        "The call does not have this query parameter: a typo, or a parameter from another version. It is refused rather than "
        + "ignored, because a list without the filter that you meant would look like the one you asked for.",
        "Correct or remove the parameter that 'detail' names.");

    public static ProblemKind InvalidAmount { get; } = new(
        Problems.InvalidAmountCode, 400, "The amount is invalid",
        "An amount is not a decimal string, has more decimals than its currency or asset, or is too small or too large.",
        "Send amounts as strings such as \"49.90\", within the limits that GET /v1/networks shows.");

    public static ProblemKind UnsupportedNetwork { get; } = new(
        Problems.UnsupportedNetworkCode, 400, "The network is not offered",
        "The network is not one that this gateway offers to keys of this kind: test keys see test networks, live keys live ones.",
        "Choose one from GET /v1/networks.");

    public static ProblemKind UnsupportedAsset { get; } = new(
        Problems.UnsupportedAssetCode, 400, "The asset is not offered on this network",
        "The gateway does not accept this asset on the requested network.",
        "Choose one of the network's assets from GET /v1/networks.");

    public static ProblemKind UnsupportedCurrency { get; } = new(
        Problems.UnsupportedCurrencyCode, 400, "The currency is not offered",
        "The gateway has no rate between this currency and the asset, and will not have one later. It is not the asset itself either.",
        "Use one of the currencies that the error names, or price the invoice in the asset itself.");

    public static ProblemKind Unauthorized { get; } = new(
        "unauthorized", 401, "A valid key is required",
        "The request has no key, or the key is invalid: mistyped, expired or revoked. The response never says which.",
        "Send the key as 'Authorization: Bearer <key>'. If it has expired or was revoked, ask the operator for a new one.");

    public static ProblemKind Forbidden { get; } = new(
        "forbidden", 403, "The key is not allowed to do this",
        "The key is valid but lacks the scope that the call requires, or it is a merchant's key and the call requires the "
        + "operator's, or vice versa.",
        "Use a key with the scope named in 'detail'. The OpenAPI document lists the scope of every call.");

    public static ProblemKind NotFound { get; } = new(
        "not_found", 404, "Not found",
        "The path or object does not exist, or it belongs to another merchant or to the other mode (test or live): "
        + "what is not yours looks as if it did not exist.",
        "Check the id, and that the key belongs to the same merchant and mode.");

    public static ProblemKind BodyTooLarge { get; } = new(
        "body_too_large", 413, "The body is too large",
        $"A request body can be at most {RequestBody.MaxBytes} bytes.",
        "Send less, for instance shorter metadata.");

    public static ProblemKind UnsupportedMediaType { get; } = new(
        "unsupported_media_type", 415, "The body's media type is not supported",
        "The body is not declared as JSON, is compressed, or is not in UTF-8.",
        "Send 'Content-Type: application/json', in UTF-8 and uncompressed.");

    public static ProblemKind RateLimited { get; } = new(
        "rate_limited", 429, "Too many requests",
        "The key, or the client address, has made more requests than its limit allows.",
        "Wait for the number of seconds in Retry-After, then send the same request again; nothing was done. Keep the "
        + "Idempotency-Key: refusals are not stored.")
    { HasRetryAfter = true };

    public static ProblemKind Internal { get; } = new(
        "internal", 500, "The gateway failed",
        "An internal error occurred. The gateway's log has the cause, at the time of the request.",
        "It is safe to send the request again with the same Idempotency-Key. If the problem persists, tell the operator.");

    public static ProblemKind IdempotencyInFlight { get; } = new(
        "idempotency_in_flight", 409, "A request with this Idempotency-Key is in progress",
        "The same request was sent before and has not been answered yet, or its process died halfway.",
        "Wait for the number of seconds in Retry-After and send it again unchanged: you will get the same response.")
    { HasRetryAfter = true };

    public static ProblemKind IdempotencyKeyReused { get; } = new(
        "idempotency_key_reused", 422, "This Idempotency-Key was used with a different body",
        "An Idempotency-Key identifies one request, and an earlier request used this key with a different body.",
        "Use a new key for a new request, and the original body for a retry.");

    public static ProblemKind Conflict { get; } = new(
        "conflict", 409, "Someone else changed it at the same time",
        "Two requests tried to change the same object at once; this one changed nothing.",
        "Read the object again and repeat the change.");

    public static ProblemKind LimitReached { get; } = new(
        "limit_reached", 422, "The limit for this kind of object is reached",
        "The merchant has the maximum number of objects of this kind.",
        "Remove one that is no longer needed.");
}
