namespace CoinPay.Functions.Http;

/// <summary>
/// Every kind of problem that the gateway answers with: the one table behind answers, the pages at
/// <c>/problems/&lt;code&gt;</c> and the OpenAPI document. Codes are part of the contract: added, never renamed.
/// </summary>
internal static partial class ProblemKinds
{
    public static ProblemKind InvalidRequest { get; } = new(
        Problems.InvalidRequestCode, 400, "The request is invalid",
        "Something in the request is not as the API expects it. 'errors' names each wrong field of the body by its JSON "
        + "pointer; what has no place in the body (a query parameter, a header) is named in 'detail'.",
        "Correct what is named and send the request again. Nothing was done.");

    public static ProblemKind UnknownField { get; } = new(
        Problems.UnknownFieldCode, 400, "The body holds a field that is not known",
        "A field of the body has a name that this call does not know: a typing error, or a field of another version. It "
        + "is refused rather than ignored, so that nothing you meant is silently left out.",
        "Correct or remove the field that 'errors' names.");

    public static ProblemKind InvalidAmount { get; } = new(
        Problems.InvalidAmountCode, 400, "The amount is invalid",
        "An amount is not a decimal string, has more decimals than its currency or asset, or is too small or too large.",
        "Send amounts as strings such as \"49.90\", within the limits that GET /v1/networks shows.");

    public static ProblemKind UnsupportedNetwork { get; } = new(
        Problems.UnsupportedNetworkCode, 400, "The network is not offered",
        "The network is not one that this gateway offers to keys of this kind: test keys see test networks, live keys live ones.",
        "Take one from GET /v1/networks.");

    public static ProblemKind UnsupportedAsset { get; } = new(
        Problems.UnsupportedAssetCode, 400, "The asset is not offered on this network",
        "The gateway does not take this asset on the network that was named.",
        "Take one of the network's assets from GET /v1/networks.");

    public static ProblemKind Unauthorized { get; } = new(
        "unauthorized", 401, "A valid key is needed",
        "There was no key, or one that is not valid: mistyped, expired or revoked. The answer never says which.",
        "Send the key as 'Authorization: Bearer <key>'. If it is expired or revoked, ask the operator for another.");

    public static ProblemKind Forbidden { get; } = new(
        "forbidden", 403, "The key may not do this",
        "The key is valid but lacks the scope that the call needs, or it is a merchant's key where the operator's is "
        + "needed, or the other way round.",
        "Use a key with the scope named in 'detail'. The OpenAPI document lists the scope of every call.");

    public static ProblemKind NotFound { get; } = new(
        "not_found", 404, "Not found",
        "The path or object does not exist, or it belongs to another merchant or to the other mode (test or live): "
        + "what is not yours looks the same as what does not exist.",
        "Check the id, and that the key belongs to the same merchant and mode.");

    public static ProblemKind BodyTooLarge { get; } = new(
        "body_too_large", 413, "The body is too large",
        $"A request's body may have at most {RequestBody.MaxBytes} bytes.",
        "Send less, for instance shorter metadata.");

    public static ProblemKind UnsupportedMediaType { get; } = new(
        "unsupported_media_type", 415, "The body's type is not supported",
        "The body is not declared as JSON, or is compressed, or is in another character set than UTF-8.",
        "Send 'Content-Type: application/json', in UTF-8 and not compressed.");

    public static ProblemKind RateLimited { get; } = new(
        "rate_limited", 429, "Too many requests",
        "The key, or the address that the request came from, has made more requests than its limit allows.",
        "Wait as many seconds as Retry-After says, then send the same request again; nothing was done. Keep the "
        + "Idempotency-Key: the refusal is not stored under it.")
    { HasRetryAfter = true };

    public static ProblemKind Internal { get; } = new(
        "internal", 500, "The gateway failed",
        "Something broke inside the gateway. The cause is in its log, under the time of the request.",
        "Send the request again with the same Idempotency-Key: that is safe. If it goes on, tell the operator.");

    public static ProblemKind IdempotencyInFlight { get; } = new(
        "idempotency_in_flight", 409, "A request with this Idempotency-Key is under way",
        "The same request was sent before and has not been answered yet, or its process died half way.",
        "Wait as many seconds as Retry-After says and send it again, unchanged: you will get the one answer.")
    { HasRetryAfter = true };

    public static ProblemKind IdempotencyKeyReused { get; } = new(
        "idempotency_key_reused", 422, "This Idempotency-Key was used with another body",
        "An Idempotency-Key stands for one request; this one came with a body that means something else.",
        "Use a new key for a new request, and the old body for a retry.");

    public static ProblemKind Conflict { get; } = new(
        "conflict", 409, "Somebody else changed it at the same time",
        "Two requests changed the same thing at once; this one changed nothing.",
        "Read it again and repeat the change.");

    public static ProblemKind LimitReached { get; } = new(
        "limit_reached", 422, "There are too many of these",
        "The merchant has as many objects of this kind as are allowed.",
        "Remove one that is not needed any more.");
}
