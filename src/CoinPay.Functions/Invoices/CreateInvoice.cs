using System.Security.Cryptography;
using Azure;
using CoinPay.Chains;
using CoinPay.Core;
using CoinPay.Functions.Access;
using CoinPay.Functions.Http;
using CoinPay.Functions.Merchants;
using CoinPay.Functions.Platform;
using CoinPay.Functions.Platform.Aggregates;
using CoinPay.Functions.Platform.Telemetry;
using CoinPay.Functions.Rates;
using CoinPay.Functions.Wallets;
using CoinPay.Functions.Watching;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace CoinPay.Functions.Invoices;

/// <summary>
/// <c>POST /v1/invoices</c>. Makes three writes in sequence: the idempotency row (which chooses the invoice's id), the watch
/// together with the checkout link, and the invoice. It then answers, starts the orchestration and publishes the first event.
/// After a crash between any two steps, a retry with the same key continues from what exists, and the sweeper finishes invoices
/// that were stored but not started or not published.
/// </summary>
internal sealed class CreateInvoice(
    Callers callers,
    Networks networks,
    MerchantStore merchants,
    WalletStore wallets,
    OfferChecks offers,
    NetworkStatus networkStatus,
    IRateSource rates,
    PriceCurrencies currencies,
    IdempotencyStore claims,
    PaymentAddresses addresses,
    CheckoutLinks links,
    WatchStore watches,
    InvoiceStore invoices,
    InvoiceOutbox outbox,
    Deadlines deadlines,
    ChainDirectory chains,
    RandomNumberGenerator random,
    TimeProvider clock,
    ILogger<CreateInvoice> log)
{
    private const int FulfilmentKeyBytes = 15;

    /// <summary>A creation takes a fraction of this; a retry after a crash waits no longer.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    [Function(nameof(CreateInvoice))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices")] HttpRequest request,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellation)
    {
        Caller caller = await callers.RequireMerchantAsync(request, Scope.InvoicesWrite, cancellation);
        RequestBody body = await RequestBody.ReadAsync(request, cancellation);
        Merchant merchant = await merchants.GetAsync(caller.MerchantId, cancellation);
        IdempotencyKey? key = IdempotencyKey.Of(request, caller.IdempotencyOwner, nameof(CreateInvoice));
        DateTimeOffset now = clock.GetUtcNow();
        Judged judged;
        try
        {
            judged = await JudgeAsync(caller, body, merchant, now, cancellation);
        }
        catch (ProblemException) when (key is not null)
        {
            // A replay returns the first answer, even if the policy, the wallet or the rate has changed since.
            if (await FindReplayAsync(caller, key, body, cancellation) is { } before)
                return Replay(before);
            throw;
        }

        string invoiceId = Id.New("inv", now, random);
        if (key is not null)
        {
            (string claimed, byte[]? answered) = await ClaimAsync(caller, key, body, invoiceId, cancellation);
            if (answered is not null)
                return Replay(answered);
            invoiceId = claimed;
        }
        using IDisposable? marked = InvoiceTrace.Mark(log, invoiceId, request.HttpContext);
        InvoiceTerms terms = await WatchAsync(merchant, judged, invoiceId, cancellation);
        (Stored<Invoice>? created, byte[]? twin) = await CommitAsync(terms, cancellation);
        request.HttpContext.Response.OnCompleted(() => BeginLifeAsync(durable, terms, created));
        return twin is null ? Answer(terms) : Replay(twin);
    }

    /// <summary>
    /// Starts the orchestration, then publishes the creation. Acknowledging comes last, so the sweeper restarts anything that did
    /// not get that far. If a twin request stored the invoice, the orchestration itself publishes what is left.
    /// </summary>
    private async Task BeginLifeAsync(DurableTaskClient durable, InvoiceTerms terms, Stored<Invoice>? created)
    {
        InvoiceReference invoice = new(terms.MerchantId, terms.Id, terms.Network)
        {
            FirstDeadlineAt = created is null ? null : deadlines.NextOf(created.State),
        };
        await InvoiceOrchestrations.StartAsync(durable, invoice, CancellationToken.None);
        if (created is not null)
            await outbox.FlushCreationAsync(created, CancellationToken.None);
    }

    /// <summary>Runs every check that can refuse an order.</summary>
    private async Task<Judged> JudgeAsync(
        Caller caller, RequestBody body, Merchant merchant, DateTimeOffset now, CancellationToken cancellation)
    {
        InvoiceOrder order = InvoiceOrder.Read(body, networks, currencies, caller.Livemode, merchant);
        // Read together with the wallet, so that it adds no round trip.
        Task<bool> isAvailable = networkStatus.IsAvailableAsync(order.Network, cancellation);
        Wallet wallet = await wallets.FindAsync(merchant.Id, order.Network.Name, now, cancellation)
            ?? throw new ProblemException(Problems.WalletMissing(order.Network.Name));
        await addresses.RequireReadyAsync(merchant.Id, wallet, order.Network, cancellation);
        await offers.RequireOfferedAsync(order.Network, order.Asset, cancellation);
        if (!await isAvailable)
            throw new ProblemException(Problems.NetworkUnavailable(order.Network.Name));
        return new(order, wallet, await QuoteAsync(order, now, cancellation));
    }

    private async Task<byte[]?> FindReplayAsync(Caller caller, IdempotencyKey key, RequestBody body, CancellationToken cancellation)
    {
        string? invoiceId = await claims.FindAsync(key, body.Bytes, cancellation);
        return invoiceId is null ? null : await invoices.FindAnswerAsync(caller.MerchantId, invoiceId, cancellation);
    }

    private async Task<Quote> QuoteAsync(InvoiceOrder order, DateTimeOffset now, CancellationToken cancellation)
    {
        if (order.ExactDue is { } due)
            return new(order.Price, null, due);
        Rate rate = await rates.FindAsync(order.Price.Currency, order.Asset.Asset.Symbol, now, cancellation)
            ?? throw new ProblemException(Problems.RateUnavailable);
        Quote quote = Quote.Of(order.Price, rate, order.Asset.Asset);
        return quote.Due.Base >= order.Asset.Dust
            ? quote
            : throw new ProblemException(Problems.InvalidFields(
                [new("/price/amount", $"The converted amount, {quote.Due} {order.Asset.Asset.Symbol}, is below the minimum.") { Code = Problems.InvalidAmountCode }]));
    }

    /// <summary>Returns the invoice id to use, and the stored answer if the request was already answered.</summary>
    private async Task<(string InvoiceId, byte[]? Answered)> ClaimAsync(
        Caller caller, IdempotencyKey key, RequestBody body, string newId, CancellationToken cancellation)
    {
        IdempotencyClaim claim = await claims.ClaimAsync(key, body.Bytes, newId, Lease, cancellation);
        if (claim is Reused)
            throw new ProblemException(Problems.IdempotencyKeyReused);
        if (claim is Granted { IsFirst: true })
            return (newId, null);
        byte[]? answered = await invoices.FindAnswerAsync(caller.MerchantId, claim.ResourceId, cancellation);
        if (answered is null && claim is InFlight inFlight)
            throw new ProblemException(Problems.IdempotencyInFlight(inFlight.RetryAfter));
        if (answered is not null || AgeOf(claim.ResourceId) < WatchWindows.StoredWithin)
            return (claim.ResourceId, answered);
        bool isRenewed = AgeOf(claim.ResourceId) > WatchWindows.RenewedAfter
            && await claims.RenewAsync(key, (Granted)claim, newId, cancellation);
        return isRenewed ? (newId, null) : throw new ProblemException(Problems.IdempotencyInFlight(WatchWindows.RenewedAfter - WatchWindows.StoredWithin));
    }

    private TimeSpan AgeOf(string invoiceId) => clock.GetUtcNow() - Id.TimeOf(invoiceId);

    /// <summary>Stores the watch, or uses the existing one, and completes the terms with its address.</summary>
    private async Task<InvoiceTerms> WatchAsync(
        Merchant merchant, Judged judged, string invoiceId, CancellationToken cancellation)
    {
        (InvoiceOrder order, Wallet wallet, Quote quote) = judged;
        Network network = order.Network;
        PaymentAddress address = await addresses.NewAsync(merchant.Id, wallet, network, invoiceId, cancellation);
        InvoiceTerms terms = Terms(merchant, order, quote, invoiceId, address);
        Watch watch = new()
        {
            Network = network.Name,
            InvoiceId = invoiceId,
            MerchantId = merchant.Id,
            Address = address.Address,
            Recipient = chains.Of(network.Name).RecipientOf(address.Address),
            Required = terms.Confirmation.InConflict ?? terms.Confirmation.Required,
            MonitorUntil = terms.MonitorUntil,
            ExpiresAt = terms.ExpiresAt,
            SweepAt = network.Family.MayComeUnseen(order.Asset) ? terms.ExpiresAt : null,
            Counter = address.Counter,
            Index = address.Index,
        };
        Task<Watch> watching = watches.InsertAsync(watch, cancellation);
        await Task.WhenAll(watching, links.AddAsync(invoiceId, merchant.Id, cancellation));
        Watch standing = await watching;
        bool isUsed = standing.Address == address.Address;
        await addresses.SettleAsync(address, isUsed, cancellation);
        return isUsed
            ? terms
            : Terms(merchant, order, quote, invoiceId, PaymentAddresses.Again(wallet, network, standing));
    }

    private InvoiceTerms Terms(Merchant merchant, InvoiceOrder order, Quote quote, string invoiceId, PaymentAddress address)
    {
        DateTimeOffset createdAt = Id.TimeOf(invoiceId);
        Policy policy = merchant.Policy;
        return new()
        {
            Id = invoiceId,
            MerchantId = merchant.Id,
            Livemode = order.Network.Livemode,
            OrderId = order.OrderId,
            CustomerReference = order.CustomerReference,
            Goods = order.Goods,
            Quote = quote,
            Network = order.Network.Name,
            Address = address.Address,
            PaymentUri = order.Network.Family.PaymentUri(order.Network, order.Asset, address.Address, quote.Due),
            Derivation = address.At.Derivation,
            Confirmation = ConfirmationPolicy.Choose(
                policy, quote, order.Network.Name, order.Goods, RequiredDepth.OfBlocks(order.Network.Confirmations)),
            Tolerance = policy.Tolerance,
            Late = policy.Late,
            LateRatePercent = policy.LateRatePercent,
            ConfirmationLimit = order.Network.ConfirmationLimit,
            Over = policy.Over,
            Under = policy.Under,
            UnderFloorPercent = policy.UnderFloorPercent,
            DepthElsewhere = DepthElsewhere(policy, quote, order),
            SettlementDestination = address.At.Destination,
            ReturnUrl = order.ReturnUrl,
            CheckoutUrl = links.UrlOf(invoiceId),
            Metadata = order.Metadata,
            FulfilmentKey = "ful_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(FulfilmentKeyBytes)),
            CreatedAt = createdAt,
            ExpiresAt = createdAt + TimeSpan.FromMinutes(order.ExpiresInMinutes ?? policy.ExpiryMinutes),
            MonitorUntil = createdAt + TimeSpan.FromDays(policy.MonitorDays),
        };
    }

    /// <summary>Returns the depth that the merchant's policy requires on each other network that has the invoice's address.</summary>
    private Dictionary<string, RequiredDepth> DepthElsewhere(Policy policy, Quote quote, InvoiceOrder order) => networks.All
        .Where(other => other != order.Network && other.AddressSpace == order.Network.AddressSpace)
        .ToDictionary(
            other => other.Name,
            other => ConfirmationPolicy.Choose(
                policy, quote, other.Name, order.Goods, RequiredDepth.OfBlocks(other.Confirmations)).Required,
            StringComparer.Ordinal);

    /// <summary>Stores the invoice with its answer. If a twin request was faster, returns the twin's answer.</summary>
    private async Task<(Stored<Invoice>? Created, byte[]? Twin)> CommitAsync(InvoiceTerms terms, CancellationToken cancellation)
    {
        if (AgeOf(terms.Id) >= WatchWindows.StoredWithin)
            throw new ProblemException(Problems.IdempotencyInFlight(WatchWindows.RenewedAfter - WatchWindows.StoredWithin));
        Decision decision = InvoiceDecider.Decide(null, new InvoiceCommand.Create(terms, terms.CreatedAt));
        try
        {
            Stored<Invoice> created = await invoices.CommitAsync(null, decision.Events, chain: null, Body(terms), cancellation);
            log.LogInformation("{InvoiceId}: created on {Network}", terms.Id, terms.Network);
            return (created, null);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            byte[]? answered = await invoices.FindAnswerAsync(terms.MerchantId, terms.Id, cancellation);
            return (null, answered ?? throw new BugException("an invoice without its answer: " + terms.Id));
        }
    }

    private byte[] Body(InvoiceTerms terms) =>
        Json.Bytes(InvoiceDocument.Of(Invoice.Evolve(null, new InvoiceCreated(terms, terms.CreatedAt)), headHeight: null, networks));

    private JsonAnswer Answer(InvoiceTerms terms) => new(StatusCodes.Status201Created, Body(terms));

    private static JsonAnswer Replay(byte[] answered) =>
        new JsonAnswer(StatusCodes.Status201Created, answered).With(IdempotencyKey.ReplayedHeader, "true");

    /// <summary>An accepted order, with the wallet to be paid and the amount due.</summary>
    private sealed record Judged(InvoiceOrder Order, Wallet Wallet, Quote Quote);
}
