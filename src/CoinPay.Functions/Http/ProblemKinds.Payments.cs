namespace CoinPay.Functions.Http;

/// <summary>The problem kinds specific to merchants, wallets, invoices and exceptions.</summary>
internal static partial class ProblemKinds
{
    public static ProblemKind PrivateKeyRefused { get; } = new(
        "private_key_refused", 422, "A private key is never accepted",
        "The request contains something that looks like a private key or a seed phrase. It was neither stored nor logged.",
        "The key has left your machine: treat it as compromised and move its funds. Then send the account's extended "
        + "public key or a settlement address.");

    public static ProblemKind WalletTaken { get; } = new(
        "wallet_taken", 409, "This key belongs to another merchant",
        "Only one merchant can use an extended public key, so that no address is given out twice.",
        "Use another account of the wallet: each account has its own extended public key.");

    public static ProblemKind UnusableSettlementAddress { get; } = new(
        "unusable_settlement_address", 422, "Money sent to this settlement address would be lost",
        "The settlement address cannot take the money or cannot give it back: it is a burn address, an address of the chain itself, "
        + "a token's contract, the forwarder factory, an invoice's address, or a contract that refuses plain transfers. 'detail' "
        + "names what it is. Nothing was changed.",
        "Send an address of the merchant's own wallet on this network. A contract wallet must accept plain transfers of the "
        + "network's coin.");

    public static ProblemKind WalletMissing { get; } = new(
        "wallet_missing", 422, "The merchant has no wallet on this network",
        "An invoice needs an address that the merchant controls, but the merchant has no wallet on this network yet.",
        "Ask the operator to set it with PUT /v1/merchants/{id}/wallets/{network}.");

    public static ProblemKind RateUnavailable { get; } = new(
        "rate_unavailable", 503, "No exchange rate is available right now",
        "The price must be converted, but no rate between its currency and the asset is available right now.",
        "Try again after Retry-After, or price the invoice in the asset itself.")
    { HasRetryAfter = true };

    public static ProblemKind NetworkUnavailable { get; } = new(
        "network_unavailable", 503, "The network cannot be read right now",
        "The gateway's node for this network is not responding. Nothing is lost: payments are found once it responds again.",
        "Try again after Retry-After.")
    { HasRetryAfter = true };

    public static ProblemKind AssetUnavailable { get; } = new(
        "asset_unavailable", 503, "The asset's settings differ from its chain",
        "What the gateway has configured for this asset or its network (chain id, decimals, factory) is not what the chain says, so a "
        + "payment could be counted wrongly or be lost. 'detail' names the difference. No invoice was created.",
        "Offer another asset, and tell the operator, who has to correct networks.json or the node. The gateway checks again every minute.")
    { HasRetryAfter = true };

    public static ProblemKind GasWalletMissing { get; } = new(
        "gas_wallet_missing", 422, "No gas wallet is configured",
        "A flush is a transaction, and the gateway has no account that can pay for its gas.",
        "Set CoinPay__GasWalletKey and fund that account, or call the factory's flush yourself: the invoice's "
        + "derivation contains everything you need.");

    public static ProblemKind FlushRefused { get; } = new(
        "flush_refused", 422, "The network rejected the transaction",
        "The network rejected the flush for the reason given in 'detail'. No money was moved.",
        "Read the reason; usually the gas wallet is empty.");

    public static ProblemKind NotCancellable { get; } = new(
        "not_cancellable", 409, "The invoice cannot be cancelled",
        "An invoice can be cancelled only while no payment has been seen for it.",
        "Read the invoice: if money has arrived, follow its status and next_action.");

    public static ProblemKind NotFulfillable { get; } = new(
        "not_fulfillable", 409, "The invoice cannot be fulfilled now",
        "You may ship the goods only while the invoice is paid under its policy; a chain reorganisation can revert a payment.",
        "Wait for an event with a fulfilment_key (invoice.paid or invoice.overpaid), or look at the invoice's exceptions.");

    public static ProblemKind FulfilmentKeyMismatch { get; } = new(
        "fulfilment_key_mismatch", 422, "This is not the invoice's fulfilment key",
        "Each invoice has one fulfilment key, and the request has a different one.",
        "Use the webhook's fulfilment_key, or the invoice's fulfilment.key once the goods may be shipped.");

    public static ProblemKind ExceptionResolved { get; } = new(
        "exception_resolved", 409, "The exception is already resolved",
        "Someone has already resolved it, or its cause resolved itself.",
        "Read the exception: 'resolution' says who decided what, and when.");

    public static ProblemKind ExceptionChanged { get; } = new(
        "exception_changed", 409, "The exception changed since you read it",
        "The request names the amount that was decided about, and the exception is about another amount now, because more money "
        + "arrived or some was lost. Nothing was decided.",
        "Read the exception again, decide about its amount as it is now, and send that as amount_base.");

    public static ProblemKind NotReopenable { get; } = new(
        "not_reopenable", 409, "The exception cannot be reopened",
        "Only an exception that was ignored or written off can be reopened, and only while its cause still exists and no newer "
        + "exception is about the same money.",
        "Read 'detail'. If another exception of the invoice is open, decide about that one.");

    public static ProblemKind ViewIncomplete { get; } = new(
        "view_incomplete", 409, "The invoice's payments are being booked",
        "Many of the invoice's payments changed at once, and the gateway books them in several steps. Nothing can be decided about "
        + "them until it is done.",
        "Try again after Retry-After.")
    { HasRetryAfter = true };

    public static ProblemKind ActionNotAllowed { get; } = new(
        "action_not_allowed", 422, "The action is not allowed for this exception",
        "The action is not possible for an exception of this type.",
        "Use one of the exception's 'actions'.");

    public static ProblemKind NotAcceptable { get; } = new(
        "not_acceptable", 409, "There is nothing to accept yet",
        "No money has arrived at the address, or it is not in a block yet.",
        "Wait until the payment appears in the invoice's transactions.");

    public static ProblemKind NoLongerWatched { get; } = new(
        "no_longer_watched", 409, "The address is no longer watched",
        "You cannot request a top-up: the gateway has stopped watching the invoice's address, or is about to, and would not "
        + "see the payment.",
        "Create a new invoice for the rest, or resolve the exception in another way.");

    public static ProblemKind SettlementAddressNotConfirmed { get; } = new(
        "settlement_address_not_confirmed", 422, "This is not the invoice's settlement address",
        "Money that arrived on another network can be moved only to the invoice's settlement address there, but the request "
        + "confirms a different address.",
        "Make sure that you control the exception's settlement_address on that network, then send exactly that address.");

    /// <summary>All problem kinds, in the order of their pages.</summary>
    public static IReadOnlyList<ProblemKind> All =>
    [
        InvalidRequest, UnknownField, UnknownParameter, InvalidAmount, UnsupportedNetwork, UnsupportedAsset, UnsupportedCurrency,
        Unauthorized, Forbidden,
        NotFound, NotCancellable, NotFulfillable, NotAcceptable, NoLongerWatched, ExceptionResolved, ExceptionChanged,
        NotReopenable, ViewIncomplete, WalletTaken, Conflict,
        IdempotencyInFlight, BodyTooLarge, UnsupportedMediaType, IdempotencyKeyReused, LimitReached, WalletMissing, UnusableSettlementAddress,
        PrivateKeyRefused, FulfilmentKeyMismatch, ActionNotAllowed, SettlementAddressNotConfirmed, GasWalletMissing,
        FlushRefused, EndpointDisabled, NoEndpoint, ReplayRunning, RateLimited, Internal, RateUnavailable, NetworkUnavailable,
        AssetUnavailable,
    ];

    /// <summary>Returns the kind with this code, or null.</summary>
    public static ProblemKind? Find(string code) => All.FirstOrDefault(kind => kind.Code == code);
}
