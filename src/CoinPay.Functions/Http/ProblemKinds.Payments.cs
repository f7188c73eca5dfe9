namespace CoinPay.Functions.Http;

/// <summary>The kinds of problem that merchants, wallets, invoices and exceptions have of their own.</summary>
internal static partial class ProblemKinds
{
    public static ProblemKind PrivateKeyRefused { get; } = new(
        "private_key_refused", 422, "A private key is never accepted",
        "The request holds something that looks like a private key or a seed phrase. It was not stored and not logged.",
        "It has left your machine: treat it as known to others and move its funds. Then send the account's extended "
        + "public key or a settlement address.");

    public static ProblemKind WalletTaken { get; } = new(
        "wallet_taken", 409, "This key belongs to another merchant",
        "An extended public key serves one merchant only, so that no address is handed out twice.",
        "Use another account of the wallet: each has an extended public key of its own.");

    public static ProblemKind WalletMissing { get; } = new(
        "wallet_missing", 422, "The merchant has no wallet on this network",
        "An invoice needs an address that the merchant controls, and the merchant has none on this network yet.",
        "Ask the operator to set it with PUT /v1/merchants/{id}/wallets/{network}.");

    public static ProblemKind RateUnavailable { get; } = new(
        "rate_unavailable", 503, "No exchange rate right now",
        "The price is in a currency that no rate to the asset is known for at this moment.",
        "Try again after Retry-After, or price the invoice in the asset itself.")
    { HasRetryAfter = true };

    public static ProblemKind NetworkUnavailable { get; } = new(
        "network_unavailable", 503, "The network cannot be read right now",
        "The gateway's node of this network does not answer. Nothing is lost: payments are found once it does.",
        "Try again after Retry-After.")
    { HasRetryAfter = true };

    public static ProblemKind GasWalletMissing { get; } = new(
        "gas_wallet_missing", 422, "No wallet pays for gas here",
        "A flush is a transaction, and the gateway has no account that could pay for it.",
        "Set CoinPay__GasWalletKey and fund that account, or call the factory's flush yourself: the invoice's "
        + "derivation has all it needs.");

    public static ProblemKind FlushRefused { get; } = new(
        "flush_refused", 422, "The network did not take the transaction",
        "The network refused the flush, for the reason that 'detail' gives. No money has moved.",
        "Read the reason; most often the gas wallet is empty.");

    public static ProblemKind NotCancellable { get; } = new(
        "not_cancellable", 409, "The invoice cannot be cancelled",
        "An invoice can be cancelled only while no payment has been seen for it.",
        "Read the invoice: if money has come, go by its status and its next_action.");

    public static ProblemKind NotFulfillable { get; } = new(
        "not_fulfillable", 409, "The invoice cannot be fulfilled now",
        "Goods may go out only while the invoice is paid under its policy; a reorganisation can take that away again.",
        "Wait for an event with a fulfilment_key (invoice.paid or invoice.overpaid), or look at the invoice's exceptions.");

    public static ProblemKind FulfilmentKeyMismatch { get; } = new(
        "fulfilment_key_mismatch", 422, "This is not the invoice's fulfilment key",
        "Each invoice has one fulfilment key, and this is another.",
        "Take it from the webhook's fulfilment_key, or from the invoice's fulfilment.key once goods may go out.");

    public static ProblemKind ExceptionResolved { get; } = new(
        "exception_resolved", 409, "The exception is resolved already",
        "Somebody has decided about it, or its cause has gone away by itself.",
        "Read the exception: 'resolution' says who decided what, and when.");

    public static ProblemKind ActionNotAllowed { get; } = new(
        "action_not_allowed", 422, "This cannot be decided here",
        "The action does not fit an exception of this type.",
        "Take one of the exception's 'actions'.");

    public static ProblemKind NotAcceptable { get; } = new(
        "not_acceptable", 409, "There is nothing to accept yet",
        "What would be accepted is not there: no money is at the address, or it is not in a block yet.",
        "Wait until the payment shows up in the invoice's transactions.");

    public static ProblemKind NoLongerWatched { get; } = new(
        "no_longer_watched", 409, "The address is no longer watched",
        "The customer cannot be asked for the rest: the gateway has stopped watching the invoice's address, or is about to, and would not "
        + "see the payment.",
        "Create a new invoice for the rest, or decide otherwise about the exception.");

    public static ProblemKind SettlementAddressNotConfirmed { get; } = new(
        "settlement_address_not_confirmed", 422, "This is not the invoice's settlement address",
        "Money that came on another network can only be moved to the invoice's settlement address there, and the address "
        + "that was confirmed is another.",
        "Make sure that you control the exception's settlement_address on that network, then send exactly that address.");

    /// <summary>All of them, in the order of their pages.</summary>
    public static IReadOnlyList<ProblemKind> All =>
    [
        InvalidRequest, UnknownField, InvalidAmount, UnsupportedNetwork, UnsupportedAsset, Unauthorized, Forbidden,
        NotFound, NotCancellable, NotFulfillable, NotAcceptable, NoLongerWatched, ExceptionResolved, WalletTaken, Conflict,
        IdempotencyInFlight, BodyTooLarge, UnsupportedMediaType, IdempotencyKeyReused, LimitReached, WalletMissing,
        PrivateKeyRefused, FulfilmentKeyMismatch, ActionNotAllowed, SettlementAddressNotConfirmed, GasWalletMissing,
        FlushRefused, EndpointDisabled, NoEndpoint, ReplayRunning, RateLimited, Internal, RateUnavailable, NetworkUnavailable,
    ];

    /// <summary>The kind of this code, or null.</summary>
    public static ProblemKind? Find(string code) => All.FirstOrDefault(kind => kind.Code == code);
}
