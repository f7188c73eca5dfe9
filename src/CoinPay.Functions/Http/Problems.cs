using CoinPay.Core;

namespace CoinPay.Functions.Http;

/// <summary>
/// The problems that calls end in, of the kinds in <see cref="ProblemKinds"/>: each says about its one occurrence what
/// helps.
/// </summary>
internal static class Problems
{
    public const string InvalidRequestCode = "invalid_request";
    public const string UnknownFieldCode = "unknown_field";
    public const string InvalidAmountCode = "invalid_amount";
    public const string UnsupportedNetworkCode = "unsupported_network";
    public const string UnsupportedAssetCode = "unsupported_asset";

    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(10);

    public static Problem Unauthorized { get; } =
        ProblemKinds.Unauthorized.With("Send it as 'Authorization: Bearer <key>'.");

    public static Problem Internal { get; } = ProblemKinds.Internal.With(
        "Nothing is known to be wrong with the request; it is safe to try again with the same Idempotency-Key.");

    public static Problem IdempotencyKeyReused { get; } =
        ProblemKinds.IdempotencyKeyReused.With("Use a new key for a new request.");

    public static Problem InvalidIdempotencyKey { get; } =
        ProblemKinds.InvalidRequest.With("Idempotency-Key is 1 to 255 visible ASCII characters.");

    public static Problem BodyTooLarge { get; } =
        ProblemKinds.BodyTooLarge.With($"A body holds at most {RequestBody.MaxBytes} bytes.");

    public static Problem UnsupportedMediaType { get; } = ProblemKinds.UnsupportedMediaType.With(
        "Send 'Content-Type: application/json', in UTF-8 and not compressed.");

    public static Problem PrivateKeyRefused { get; } = ProblemKinds.PrivateKeyRefused.With(
        "The request holds something that looks like a private key or a seed phrase. It was not stored and not logged, "
        + "but it has left your machine: treat it as known to others and move its funds. Send an account's extended public key or a settlement address.");

    public static Problem WalletTaken { get; } = ProblemKinds.WalletTaken.With(ProblemKinds.WalletTaken.Meaning);

    public static Problem RateUnavailable { get; } =
        ProblemKinds.RateUnavailable.With(ProblemKinds.RateUnavailable.Remedy) with { RetryAfter = SoonAgain };

    public static Problem EndpointDisabled { get; } =
        ProblemKinds.EndpointDisabled.With(ProblemKinds.EndpointDisabled.Remedy);

    public static Problem NoEndpoint { get; } = ProblemKinds.NoEndpoint.With(ProblemKinds.NoEndpoint.Remedy);

    public static Problem ReplayRunning { get; } = ProblemKinds.ReplayRunning.With(ProblemKinds.ReplayRunning.Remedy);

    public static Problem GasWalletMissing { get; } =
        ProblemKinds.GasWalletMissing.With(ProblemKinds.GasWalletMissing.Remedy);

    public static Problem FlushRefused(string reason) => ProblemKinds.FlushRefused.With(reason);

    public static Problem Forbidden(string detail) => ProblemKinds.Forbidden.With(detail);

    public static Problem NotFound(string what) => ProblemKinds.NotFound.With($"There is no such {what}.");

    /// <summary>One thing is wrong and has no place in the body: a query parameter, a path part, a header.</summary>
    public static Problem InvalidRequest(string detail) => ProblemKinds.InvalidRequest.With(detail);

    /// <summary>
    /// Fields are wrong. The code is that of all errors when they agree, else <c>invalid_request</c>.
    /// </summary>
    public static Problem InvalidFields(IReadOnlyList<ProblemError> errors)
    {
        string code = errors.Select(error => error.Code).Distinct().Count() == 1 ? errors[0].Code : InvalidRequestCode;
        ProblemKind kind = ProblemKinds.Find(code) ?? throw new BugException("code " + code);
        string detail = errors.Count == 1
            ? $"{errors[0].Pointer}: {errors[0].Detail}"
            : $"{errors.Count} fields are wrong.";
        return kind.With(detail) with { Errors = errors };
    }

    public static Problem UnsupportedNetwork(string offered) =>
        ProblemKinds.UnsupportedNetwork.With("Offered here: " + offered + ".");

    public static Problem WalletMissing(string network) =>
        ProblemKinds.WalletMissing.With($"An operator sets it with PUT /v1/merchants/{{id}}/wallets/{network}.");

    /// <summary>What the rules of an invoice's life refuse.</summary>
    public static Problem Rejected(Rejection rejection) => rejection.Reason switch
    {
        RejectionReason.NotFound => NotFound("exception"),
        RejectionReason.FulfilmentKeyMismatch => ProblemKinds.FulfilmentKeyMismatch.With(
            "It comes in the webhook and in the invoice once goods may go out."),
        RejectionReason.NotCancellable => ProblemKinds.NotCancellable.With(rejection.Detail),
        RejectionReason.NotFulfillable => ProblemKinds.NotFulfillable.With(rejection.Detail),
        RejectionReason.ExceptionResolved => ProblemKinds.ExceptionResolved.With(rejection.Detail),
        RejectionReason.ActionNotAllowed => ProblemKinds.ActionNotAllowed.With(rejection.Detail),
        RejectionReason.NotAcceptable => ProblemKinds.NotAcceptable.With(rejection.Detail),
        RejectionReason.NoLongerWatched => ProblemKinds.NoLongerWatched.With(rejection.Detail),
        RejectionReason.SettlementAddressNotConfirmed => ProblemKinds.SettlementAddressNotConfirmed.With(rejection.Detail),
        _ => throw new BugException("rejection " + rejection.Reason),
    };

    public static Problem NetworkUnavailable(string network) =>
        ProblemKinds.NetworkUnavailable.With($"{network} will be tried again by itself.") with { RetryAfter = SoonAgain };

    public static Problem IdempotencyInFlight(TimeSpan retryAfter) =>
        ProblemKinds.IdempotencyInFlight.With("Try again shortly: the answer will be the same.") with { RetryAfter = retryAfter };

    /// <param name="whose">Whose limit: <c>The key</c> or <c>This address</c>.</param>
    /// <param name="retryAfter">When there is room again.</param>
    public static Problem RateLimited(string whose, TimeSpan retryAfter) =>
        ProblemKinds.RateLimited.With($"{whose} has made too many requests.") with { RetryAfter = retryAfter };

    /// <summary>Two writers met at one row; nothing was written by this one.</summary>
    public static Problem Conflict(string what) => ProblemKinds.Conflict.With($"Read the {what} again and repeat the change.");

    public static Problem LimitReached(string detail) => ProblemKinds.LimitReached.With(detail);
}
