using CoinPay.Core;

namespace CoinPay.Functions.Http;

/// <summary>
/// Creates the problems that calls return, of the kinds in <see cref="ProblemKinds"/>, each with a detail about its
/// occurrence.
/// </summary>
internal static class Problems
{
    public const string InvalidRequestCode = "invalid_request";
    public const string UnknownFieldCode = "unknown_field";
    public const string InvalidAmountCode = "invalid_amount";
    public const string UnsupportedNetworkCode = "unsupported_network";
    public const string UnsupportedAssetCode = "unsupported_asset";
    public const string UnsupportedCurrencyCode = "unsupported_currency";

    /// <summary>A body of 64 KiB can have thousands of invalid fields.</summary>
    private const int MaxErrors = 100;

    private static readonly TimeSpan SoonAgain = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CheckedAgain = TimeSpan.FromMinutes(1);

    public static Problem Unauthorized { get; } =
        ProblemKinds.Unauthorized.With("Send it as 'Authorization: Bearer <key>'.");

    public static Problem Internal { get; } = ProblemKinds.Internal.With(
        "The request itself may be valid; it is safe to try again with the same Idempotency-Key.");

    public static Problem IdempotencyKeyReused { get; } =
        ProblemKinds.IdempotencyKeyReused.With("Use a new key for a new request.");

    public static Problem InvalidIdempotencyKey { get; } =
        ProblemKinds.InvalidRequest.With("Idempotency-Key must be 1 to 255 visible ASCII characters.");

    public static Problem BodyTooLarge { get; } =
        ProblemKinds.BodyTooLarge.With($"A request body can be at most {RequestBody.MaxBytes} bytes.");

    public static Problem UnsupportedMediaType { get; } = ProblemKinds.UnsupportedMediaType.With(
        "Send 'Content-Type: application/json', in UTF-8 and uncompressed.");

    public static Problem PrivateKeyRefused { get; } = ProblemKinds.PrivateKeyRefused.With(
        "The request contains something that looks like a private key or a seed phrase. It was neither stored nor logged, "
        + "but it has left your machine: treat it as compromised and move its funds. Send an account's extended public key "
        + "or a settlement address.");

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

    /// <summary>Something outside the body is invalid: a query parameter, a path segment or a header.</summary>
    public static Problem InvalidRequest(string detail) => ProblemKinds.InvalidRequest.With(detail);

    /// <summary>The call does not have this query parameter.</summary>
    public static Problem UnknownParameter(string name, IReadOnlyList<string> known) => ProblemKinds.UnknownParameter.With(
        $"{name} is not a parameter of this call. " + (known.Count == 0 ? "It has none." : $"It has {string.Join(", ", known)}."));

    /// <summary>
    /// Fields of the body are invalid. The code is the one that all errors share, otherwise <c>invalid_request</c>.
    /// </summary>
    public static Problem InvalidFields(IReadOnlyList<ProblemError> errors)
    {
        string code = errors.Select(error => error.Code).Distinct().Count() == 1 ? errors[0].Code : InvalidRequestCode;
        ProblemKind kind = ProblemKinds.Find(code) ?? throw new BugException("code " + code);
        string detail = errors.Count switch
        {
            1 => $"{errors[0].Pointer}: {errors[0].Detail}",
            > MaxErrors => $"{errors.Count} fields are invalid; these are the first {MaxErrors}.",
            _ => $"{errors.Count} fields are invalid.",
        };
        return kind.With(detail) with { Errors = [.. errors.Take(MaxErrors)] };
    }

    public static Problem UnsupportedNetwork(string offered) =>
        ProblemKinds.UnsupportedNetwork.With("Offered here: " + offered + ".");

    public static Problem WalletMissing(string network) =>
        ProblemKinds.WalletMissing.With($"An operator sets it with PUT /v1/merchants/{{id}}/wallets/{network}.");

    /// <param name="loss">What the address is.</param>
    public static Problem UnusableSettlementAddress(string loss) =>
        ProblemKinds.UnusableSettlementAddress.With($"{loss} Send an address of the merchant's own wallet.");

    /// <summary>Returns the problem for a command that an invoice rejected.</summary>
    public static Problem Rejected(Rejection rejection) => rejection.Reason switch
    {
        RejectionReason.NotFound => NotFound("exception"),
        RejectionReason.FulfilmentKeyMismatch => ProblemKinds.FulfilmentKeyMismatch.With(
            "The webhook and the invoice contain it once the goods may be shipped."),
        RejectionReason.NotCancellable => ProblemKinds.NotCancellable.With(rejection.Detail),
        RejectionReason.NotFulfillable => ProblemKinds.NotFulfillable.With(rejection.Detail),
        RejectionReason.ExceptionResolved => ProblemKinds.ExceptionResolved.With(rejection.Detail),
        RejectionReason.ActionNotAllowed => ProblemKinds.ActionNotAllowed.With(rejection.Detail),
        RejectionReason.NotAcceptable => ProblemKinds.NotAcceptable.With(rejection.Detail),
        RejectionReason.NoLongerWatched => ProblemKinds.NoLongerWatched.With(rejection.Detail),
        RejectionReason.ExceptionChanged => ProblemKinds.ExceptionChanged.With(rejection.Detail),
        RejectionReason.NotReopenable => ProblemKinds.NotReopenable.With(rejection.Detail),
        RejectionReason.ViewIncomplete => ProblemKinds.ViewIncomplete.With(rejection.Detail) with { RetryAfter = SoonAgain },
        RejectionReason.SettlementAddressNotConfirmed => ProblemKinds.SettlementAddressNotConfirmed.With(rejection.Detail),
        _ => throw new BugException("rejection " + rejection.Reason),
    };

    public static Problem NetworkUnavailable(string network) =>
        ProblemKinds.NetworkUnavailable.With($"The gateway retries {network} automatically.") with { RetryAfter = SoonAgain };

    /// <param name="difference">What is configured, and what the chain says.</param>
    public static Problem AssetUnavailable(string difference) =>
        ProblemKinds.AssetUnavailable.With(difference) with { RetryAfter = CheckedAgain };

    public static Problem IdempotencyInFlight(TimeSpan retryAfter) =>
        ProblemKinds.IdempotencyInFlight.With("Try again shortly: you will get the same response.") with { RetryAfter = retryAfter };

    /// <param name="whose">Whose limit: <c>The key</c> or <c>This address</c>.</param>
    /// <param name="retryAfter">When the limit allows another request.</param>
    public static Problem RateLimited(string whose, TimeSpan retryAfter) =>
        ProblemKinds.RateLimited.With($"{whose} has made too many requests.") with { RetryAfter = retryAfter };

    /// <summary>Two writers changed the same row at once; this one wrote nothing.</summary>
    public static Problem Conflict(string what) => ProblemKinds.Conflict.With($"Read the {what} again and repeat the change.");

    public static Problem LimitReached(string detail) => ProblemKinds.LimitReached.With(detail);
}
