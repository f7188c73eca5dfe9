using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Invoices.Exceptions;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Webhooks.Deliveries;

namespace CoinPay.Functions.Invoices;

/// <summary>An invoice as the contract shows it (http-api.md): money as decimal strings, every chain amount also in base units.</summary>
internal sealed record InvoiceDocument
{
    public const int NewestTransactions = 20;

    public required string Id { get; init; }
    public string Object { get; init; } = "invoice";
    public required string MerchantId { get; init; }
    public string? OrderId { get; init; }
    public string? CustomerReference { get; init; }
    public required string Status { get; init; }
    public required string CustomerStatus { get; init; }
    public required string NextAction { get; init; }
    public required string Owner { get; init; }
    public int Version { get; init; }
    public bool Livemode { get; init; }
    public string? Goods { get; init; }
    public required PricePart Price { get; init; }
    public Rate? Rate { get; init; }
    public required PaymentPart Payment { get; init; }
    public required ReceivedPart Received { get; init; }
    public required ConfirmationPart ConfirmationPolicy { get; init; }
    public required TolerancePart Tolerance { get; init; }
    public FeesPart Fees { get; init; } = new("0", null);
    public required SettlementPart Settlement { get; init; }
    public required IReadOnlyList<TransactionPart> Transactions { get; init; }
    public IReadOnlyList<ExceptionDocument> Exceptions { get; init; } = [];
    public IReadOnlyList<object> Refunds { get; init; } = [];
    public object? Escrow { get; init; }
    public required FulfilmentPart Fulfilment { get; init; }
    public WebhookTally Webhooks { get; init; } = WebhookTally.None;
    public string? CheckoutUrl { get; init; }
    public DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset MonitorUntil { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string? ReturnUrl { get; init; }
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    internal sealed record PricePart(string Amount, string Currency);

    internal sealed record PaymentPart(
        string Network, string Asset, string Symbol, int Decimals, string Address,
        string Amount, string AmountBase, string Uri, object Derivation);

    internal sealed record ReceivedPart(string Seen, string SeenBase, string Confirmed, string ConfirmedBase);

    /// <param name="Required">A number of blocks, or <c>safe</c>, or <c>finalized</c>.</param>
    internal sealed record ConfirmationPart(object Required, string Tier, string Reason);

    /// <param name="UnderFloorPercent">The least that is accepted if the merchant accepts less than the price; otherwise null.</param>
    internal sealed record TolerancePart(string UnderPercent, string OverPercent, string? UnderFloorPercent);

    internal sealed record FeesPart(string Percent, string? Fixed);

    internal sealed record SettlementPart(string Destination, string? BatchId, string Status);

    internal sealed record FulfilmentPart(string? Key, string Status, DateTimeOffset? At);

    internal sealed record TransactionPart(
        string Network, string Asset, string TxHash, string Index, string? From, string Amount, string AmountBase,
        long? BlockHeight, string? BlockHash, long Confirmations, string Status, string? ReplacedBy,
        DateTimeOffset FirstSeenAt, bool Fulfils);

    /// <summary>Renders a stored invoice, including its webhook deliveries.</summary>
    public static InvoiceDocument Of(Stored<Invoice> stored, long? headHeight, Networks networks) =>
        Of(stored.State, headHeight, networks) with { Webhooks = InvoiceAggregate.WebhooksOf(stored) };

    /// <summary>Renders a state; confirmations are counted from <paramref name="headHeight"/>, null if unknown.</summary>
    public static InvoiceDocument Of(Invoice state, long? headHeight, Networks networks)
    {
        InvoiceTerms terms = state.Terms;
        (Amount seen, Amount confirmed) = (terms.Due with { Base = state.Seen }, terms.Due with { Base = state.Confirmed });
        return new()
        {
            Id = terms.Id,
            MerchantId = terms.MerchantId,
            OrderId = terms.OrderId,
            CustomerReference = terms.CustomerReference,
            Status = state.Status.Text(),
            CustomerStatus = state.CustomerText(),
            NextAction = state.IsHeld ? "review_excess" : state.Status.NextAction(),
            Owner = state.IsHeld ? "merchant" : state.Status.Owner(),
            Version = state.Version,
            Livemode = terms.Livemode,
            Goods = terms.Goods,
            Price = new(terms.Quote.Price.Amount, terms.Quote.Price.Currency),
            Rate = terms.Quote.Rate,
            Payment = PaymentOf(terms),
            Received = new(seen.ToString(), seen.Base.ToString(), confirmed.ToString(), confirmed.Base.ToString()),
            ConfirmationPolicy = new(
                terms.Confirmation.Required.Blocks is { } blocks ? blocks : terms.Confirmation.Required.ToString(),
                terms.Confirmation.Tier,
                terms.Confirmation.Reason),
            Tolerance = new(
                Percent(terms.Tolerance.UnderPercent),
                Percent(terms.Tolerance.OverPercent),
                terms.Under == AmountPolicy.Accept ? Percent(terms.UnderFloorPercent) : null),
            Settlement = new(terms.SettlementDestination, null, "none"),
            Transactions = state.Transfers.Values
                .OrderByDescending(transfer => transfer.FirstSeenAt)
                .Take(NewestTransactions)
                .Select(transfer => TransactionOf(state, transfer, headHeight, networks))
                .ToList(),
            Exceptions = state.Exceptions.Select(exception => ExceptionDocument.Of(state, exception, networks)).ToList(),
            Fulfilment = FulfilmentOf(state),
            ExpiresAt = terms.ExpiresAt,
            MonitorUntil = terms.MonitorUntil,
            CreatedAt = terms.CreatedAt,
            UpdatedAt = state.UpdatedAt,
            CheckoutUrl = terms.CheckoutUrl,
            ReturnUrl = terms.ReturnUrl,
            Metadata = terms.Metadata,
        };
    }

    private const int FoldedTransactions = 5;
    private const int FoldedExceptions = 8;

    /// <summary>
    /// Returns what a webhook carries if the whole does not fit: the newest transactions, and open exceptions before the
    /// newest resolved ones, without notes and what the invoice says anyway. The call returns the whole.
    /// </summary>
    public InvoiceDocument Folded() => this with
    {
        Transactions = [.. Transactions.Take(FoldedTransactions)],
        Exceptions = [.. Exceptions
            .OrderByDescending(exception => exception.Resolution is null)
            .ThenByDescending(exception => exception.OpenedAt)
            .Take(FoldedExceptions)
            .Select(exception => exception.Folded())],
    };

    private static FulfilmentPart FulfilmentOf(Invoice state) => state switch
    {
        { FulfilledAt: { } at } => new(state.Terms.FulfilmentKey, "fulfilled", at),
        { MayBeFulfilled: true } => new(state.Terms.FulfilmentKey, "due", null),
        _ => new(null, "not_due", null),
    };

    private static PaymentPart PaymentOf(InvoiceTerms terms) => new(
        terms.Due.Asset.Network,
        terms.Due.Asset.Id,
        terms.Due.Asset.Symbol,
        terms.Due.Asset.Decimals,
        terms.Address,
        terms.Due.ToString(),
        terms.Due.Base.ToString(),
        terms.PaymentUri,
        terms.Derivation switch
        {
            XpubDerivation xpub => new { kind = "xpub", path = xpub.Path, index = xpub.Index, fingerprint = xpub.Fingerprint },
            ForwarderDerivation forwarder => new
            {
                kind = "forwarder",
                factory = forwarder.Factory,
                salt = forwarder.Salt,
                init_code_hash = forwarder.InitCodeHash,
                settlement_address = forwarder.SettlementAddress,
            },
            _ => throw new BugException("derivation " + terms.Derivation.GetType().Name),
        });

    /// <summary>Confirmations on a network other than the invoice's are not counted: that network's head is not loaded here.</summary>
    private static TransactionPart TransactionOf(Invoice state, Transfer transfer, long? headHeight, Networks networks)
    {
        Asset asset = networks.FindAsset(transfer.AssetId) ?? new(transfer.AssetId, "", 0);
        long? head = transfer.WrongNetwork is null ? headHeight : null;
        return new(
            asset.Network,
            transfer.AssetId,
            transfer.TransactionHash,
            transfer.Ordinal,
            transfer.From,
            new Amount(asset, transfer.Amount).ToString(),
            transfer.Amount.ToString(),
            transfer.Block?.Height,
            transfer.Block?.Hash,
            transfer.Block is { } block && head >= block.Height ? head.Value - block.Height + 1 : 0,
            WireName.Of(transfer.Status),
            transfer.ReplacedBy,
            transfer.FirstSeenAt,
            state.IsDue(transfer) && transfer.Stands);
    }

    private static string Percent(decimal percent) => percent.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
}
